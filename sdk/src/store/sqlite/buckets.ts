/** What all senders together may send: a row per bucket that is not full. */
import type { BucketStore } from "../../ledger/index.ts";
import type { Database } from "./database.ts";

/** Rows of buckets that have filled up, removed with each draw: more than it can add, so they never pile up. */
const forgottenTogether = 1000;

/** The BucketStore over one table. */
export function sqliteBuckets(database: Database): BucketStore {
  return {
    draw: async (names, decide, now) =>
      database.transaction(() => {
        const rows = database.all(
          "SELECT name, full_at_ms FROM buckets WHERE name IN (SELECT value FROM json_each(?))",
          JSON.stringify(names),
        );
        const { fullAtMs, result } = decide(
          new Map(rows.map((row) => [String(row["name"]), Number(row["full_at_ms"])])),
        );
        if (fullAtMs.size === 0) return result;
        for (const [name, atMs] of fullAtMs)
          database.run(
            "INSERT INTO buckets VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET full_at_ms = excluded.full_at_ms",
            name,
            atMs,
          );
        database.run(
          "DELETE FROM buckets WHERE name IN (SELECT name FROM buckets WHERE full_at_ms <= ? LIMIT ?)",
          now.getTime(),
          forgottenTogether,
        );
        return result;
      }),
  };
}
