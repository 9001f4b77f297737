/** Leases: what one process of several does at a time. */
import type { LeaseStore } from "../../ledger/index.ts";
import type { Database } from "./database.ts";

/** The LeaseStore over one table. */
export function sqliteLeases(database: Database): LeaseStore {
  return {
    async hold(name, { holder, now, leaseMs }) {
      const held = database.run(
        `INSERT INTO leases AS l VALUES (?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
         WHERE l.holder = excluded.holder OR l.until_ms <= ?`,
        name,
        holder,
        now.getTime() + leaseMs,
        now.getTime(),
      );
      return held === 1;
    },
    async release(name, holder) {
      database.run("DELETE FROM leases WHERE name = ? AND holder = ?", name, holder);
    },
  };
}
