/** Retention: the rows of machines go, the deployment, its waves, its totals and its events stay. */
import type { PruneRequest } from "../../ledger/index.ts";
import type { Database } from "./database.ts";

/** Jobs stay too: their numbers, which mails carry, must never mean another job. */
export function pruneLedger(database: Database, { before, limit = 20_000 }: PruneRequest): number {
  return database.transaction(() => {
    const over = database.one(
      `SELECT number FROM deployments
       WHERE state IN ('finished', 'halted') AND unixepoch(json_extract(record, '$.expiresAt')) < ?
         AND EXISTS (SELECT 1 FROM ledger WHERE ledger.deployment = deployments.number)
         AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.deployment = deployments.number
           AND (jobs.state = 'leased' OR (jobs.state = 'ready' AND jobs.errand IS NOT NULL)))
       LIMIT 1`,
      Math.floor(before.getTime() / 1000),
    );
    if (over === undefined) return 0;
    const number = Number(over["number"]);
    return database.run(
      "DELETE FROM ledger WHERE rowid IN (SELECT rowid FROM ledger WHERE deployment = ? LIMIT ?)",
      number,
      limit,
    );
  });
}
