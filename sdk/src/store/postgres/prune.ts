/** Retention: the rows of machines go, the deployment, its waves, its totals and its events stay. */
import type { PruneRequest } from "../../ledger/index.ts";
import type { Database } from "./database.ts";

/** Jobs stay too: their numbers, which mails carry, must never mean another job. */
export async function pruneLedger(
  database: Database,
  { before, limit = 20_000 }: PruneRequest,
): Promise<number> {
  return database.transaction("repeatable", async (statements) => {
    const over = await statements.one(
      `SELECT number FROM outrider.deployments AS d
       WHERE state IN ('finished', 'halted') AND (record::json->>'expiresAt')::timestamptz < $1::timestamptz
         AND EXISTS (SELECT 1 FROM outrider.ledger AS l WHERE l.deployment = d.number)
         AND NOT EXISTS (SELECT 1 FROM outrider.jobs AS j WHERE j.deployment = d.number
           AND (j.state = 'leased' OR (j.state = 'ready' AND j.errand IS NOT NULL)))
       LIMIT 1`,
      before.toISOString(),
    );
    if (over === undefined) return 0;
    const number = Number(over["number"]);
    return statements.run(
      "DELETE FROM outrider.ledger WHERE ctid IN (SELECT ctid FROM outrider.ledger WHERE deployment = $1 LIMIT $2)",
      number,
      limit,
    );
  });
}
