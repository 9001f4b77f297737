/** Small durable state. */
import type { ValueStore } from "../../ledger/index.ts";
import type { Database } from "./database.ts";

/** The ValueStore over two tables. */
export function sqliteValues(database: Database): ValueStore {
  const get = (key: string): string | undefined =>
    database.one("SELECT value FROM kept WHERE key = ?", key)?.["value"] as string | undefined;
  return {
    get: async (key) => get(key),
    some: async (keys) =>
      new Map(
        database
          .all(
            "SELECT key, value FROM kept WHERE key IN (SELECT value FROM json_each(?))",
            JSON.stringify(keys),
          )
          .map((row) => [String(row["key"]), String(row["value"])]),
      ),
    async set(key, value) {
      database.run(
        "INSERT INTO kept VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value,
      );
    },
    async keep(key, value) {
      database.run("INSERT INTO kept VALUES (?, ?) ON CONFLICT (key) DO NOTHING", key, value);
      return get(key) ?? value;
    },
    async swap(key, before, value) {
      const swapped =
        before === undefined
          ? database.run("INSERT INTO kept VALUES (?, ?) ON CONFLICT (key) DO NOTHING", key, value)
          : database.run(
              "UPDATE kept SET value = ? WHERE key = ? AND value = ?",
              value,
              key,
              before,
            );
      return swapped === 1;
    },
    async count(key) {
      const row = database.one(
        // A counter that is new in a restored store may have been used since the backup.
        `INSERT INTO counters VALUES (?, 1 + ifnull((SELECT value FROM counters WHERE key = ''), 0))
         ON CONFLICT (key) DO UPDATE SET value = value + 1 RETURNING value`,
        key,
      );
      return Number(row?.["value"]);
    },
  };
}
