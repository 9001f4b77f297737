/** Leases: what one process of several does at a time. */
import type { LeaseStore } from "../../ledger/index.ts";
import type { Database } from "./database.ts";

/** The LeaseStore over one table. */
export function postgresLeases(database: Database): LeaseStore {
  return {
    async hold(name, { holder, now, leaseMs }) {
      const held = await database.run(
        `INSERT INTO outrider.leases AS l VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
         WHERE l.holder = excluded.holder OR l.until_ms <= $4`,
        name,
        holder,
        now.getTime() + leaseMs,
        now.getTime(),
      );
      return held === 1;
    },
    async release(name, holder) {
      await database.run(
        "DELETE FROM outrider.leases WHERE name = $1 AND holder = $2",
        name,
        holder,
      );
    },
  };
}
