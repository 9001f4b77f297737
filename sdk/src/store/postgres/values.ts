/** Small durable state. */
import type { ValueStore } from "../../ledger/index.ts";
import type { Database } from "./database.ts";

/** The ValueStore over two tables. */
export function postgresValues(database: Database): ValueStore {
  const get = async (key: string): Promise<string | undefined> =>
    (await database.one("SELECT value FROM outrider.kept WHERE key = $1", key))?.["value"] as
      | string
      | undefined;
  return {
    get,
    async some(keys) {
      const rows = await database.all(
        "SELECT key, value FROM outrider.kept WHERE key = ANY($1::text[])",
        keys,
      );
      return new Map(rows.map((row) => [String(row["key"]), String(row["value"])]));
    },
    async set(key, value) {
      await database.run(
        "INSERT INTO outrider.kept VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value,
      );
    },
    async keep(key, value) {
      await database.run(
        "INSERT INTO outrider.kept VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
        key,
        value,
      );
      return (await get(key)) ?? value;
    },
    async swap(key, before, value) {
      return database.transaction("once", async (statements) => {
        const swapped =
          before === undefined
            ? await statements.run(
                "INSERT INTO outrider.kept VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
                key,
                value,
              )
            : await statements.run(
                "UPDATE outrider.kept SET value = $2 WHERE key = $1 AND value = $3",
                key,
                value,
                before,
              );
        return swapped === 1;
      });
    },
    // A number whose answer was lost is passed over: none is given twice. A counter that is new in a restored database
    // may have been used since the dump.
    async count(key) {
      const row = await database.one(
        `INSERT INTO outrider.counters AS c
         VALUES ($1, 1 + coalesce((SELECT value FROM outrider.counters WHERE key = ''), 0))
         ON CONFLICT (key) DO UPDATE SET value = c.value + 1 RETURNING value`,
        key,
      );
      return Number(row?.["value"]);
    },
  };
}
