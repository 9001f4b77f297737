/** How much waits for each transport: one index is read, whose rows are jobs, not recipients. */
import type { QueueDepth } from "../../ledger/index.ts";
import type { Database } from "./database.ts";

/** Open deployments' jobs, and every errand. */
export async function readQueues(database: Database, now: Date): Promise<QueueDepth[]> {
  const rows = await database.all(
    `SELECT transport, CASE WHEN state = 'leased' THEN 'leased' WHEN state = 'ready' AND not_before_ms <= $1 THEN 'due'
       ELSE 'planned' END AS queue, count(*) AS jobs, sum(recipients) AS recipients
     FROM outrider.jobs WHERE state <> 'done' AND (errand IS NOT NULL OR deployment IN (
       SELECT number FROM outrider.deployments WHERE state IN ('waiting', 'running', 'paused')))
     GROUP BY 1, 2 ORDER BY 1, 2`,
    now.getTime(),
  );
  return rows.map((row) => ({
    transport: String(row["transport"]),
    state: row["queue"] as QueueDepth["state"],
    jobs: Number(row["jobs"]),
    recipients: Number(row["recipients"]),
  }));
}
