/**
 * A database that was put back from a dump lies in the past: numbers that were given out since must not be given out
 * again with another text (agents would call it two views of one sequence), so every counter is moved far ahead, and
 * those that are not there yet begin there.
 */
import { openDatabase } from "./database.ts";
import type { DatabaseOptions } from "./options.ts";

/** More than a server gives out between two backups. */
const ahead = 1_000_000;

/**
 * Readies a database that pg_restore has filled, before a server starts on it; twice is no error. What processes held
 * when it was dumped is nobody's any more, and due.
 *
 * @throws STORE_FAILED, CONFIG_INVALID
 */
export async function readyRestored(options: DatabaseOptions): Promise<void> {
  const database = await openDatabase(options);
  try {
    await database.transaction("repeatable", async (statements) => {
      // Under no name: where those begin that are not there yet.
      await statements.run(
        "INSERT INTO outrider.counters VALUES ('', 0) ON CONFLICT (key) DO NOTHING",
      );
      await statements.run("UPDATE outrider.counters SET value = value + $1", ahead);
      await statements.run("DELETE FROM outrider.leases");
      await statements.run("UPDATE outrider.jobs SET lease_until_ms = 0 WHERE state = 'leased'");
      await statements.run("DELETE FROM outrider.feed");
    });
  } finally {
    await database.close();
  }
}
