/**
 * What all senders together may send: a row per bucket that is not full. Rows are held in the order of their names, so
 * two senders never wait for each other in a circle.
 */
import type { BucketStore, Fill } from "../../ledger/index.ts";
import type { Database, Statements } from "./database.ts";

/** Rows of buckets that are long full, removed whenever some are added: more than are added, so they never pile up. */
const forgottenTogether = 1000;
/** So long a full one is kept: whoever has just added it will hold it. */
const keptFullMs = 60_000;

/** The BucketStore over one table. */
export function postgresBuckets(database: Database): BucketStore {
  return {
    async draw(asked, decide, now) {
      const names = [...new Set(asked)];
      for (;;) {
        const drawn = await database.transaction("repeatable", async (statements) => {
          const held = await hold(statements, names);
          if (held.size < names.length) return undefined;
          const { fullAtMs, result } = decide(held);
          if (fullAtMs.size > 0) await keep(statements, fullAtMs);
          return { result };
        });
        if (drawn !== undefined) return drawn.result;
        await add(database, names, now);
      }
    },
  };
}

async function hold(statements: Statements, names: readonly string[]): Promise<Fill> {
  const rows = await statements.all(
    `SELECT name, full_at_ms FROM outrider.buckets WHERE name = ANY($1::text[]) ORDER BY name FOR UPDATE`,
    names,
  );
  return new Map(rows.map((row) => [String(row["name"]), Number(row["full_at_ms"])]));
}

async function keep(statements: Statements, fullAtMs: Fill): Promise<void> {
  await statements.run(
    `UPDATE outrider.buckets SET full_at_ms = new.full_at_ms
     FROM unnest($1::text[], $2::float8[]) AS new (name, full_at_ms) WHERE buckets.name = new.name`,
    [...fullAtMs.keys()],
    [...fullAtMs.values()],
  );
}

/** Only what is there can be held: a full one is added, outside of the transaction that waits for rows. */
async function add(database: Database, names: readonly string[], now: Date): Promise<void> {
  const nowMs = now.getTime();
  await database.run(
    `DELETE FROM outrider.buckets WHERE name IN (
       SELECT name FROM outrider.buckets WHERE full_at_ms < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    nowMs - keptFullMs,
    forgottenTogether,
  );
  await database.run(
    `INSERT INTO outrider.buckets SELECT name, $2 FROM unnest($1::text[]) AS asked (name)
     ORDER BY name ON CONFLICT (name) DO NOTHING`,
    names,
    nowMs,
  );
}
