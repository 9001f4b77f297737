/** Telling of a control: jobs beside those of the waves, due whatever state the deployment is in. */
import type { ClaimedJob, DeploymentEvent, LedgerState, Settlement } from "../../ledger/index.ts";
import type { Database } from "./database.ts";

/** Who has not answered may still open the mail. */
const stillWaiting: readonly LedgerState[] = ["sent", "received", "noAnswer"];
const everTold: readonly LedgerState[] = [
  ...stillWaiting,
  "installed",
  "rolledBack",
  "failed",
  "refused",
];

/** A job per job that has written to somebody, for those to whom it has. Within the event's transaction. */
export function planErrands(
  database: Database,
  deployment: number,
  event: DeploymentEvent,
  nowMs: number,
): void {
  if (event.control === undefined || event.tellBy === undefined) return;
  const states = JSON.stringify(event.kind === "recalled" ? everTold : stillWaiting);
  const jobs = database.all(
    `SELECT id, wave, transport FROM jobs
     WHERE deployment = ? AND control IS NULL AND transport IN (SELECT value FROM json_each(?))
       AND EXISTS (SELECT 1 FROM ledger WHERE job = jobs.id AND state IN (SELECT value FROM json_each(?)))`,
    deployment,
    JSON.stringify(event.tellBy),
    states,
  );
  for (const job of jobs) {
    const id = database.insert(
      `INSERT INTO jobs (deployment, wave, transport, attach, delay_ms, state, not_before_ms, control)
       VALUES (?, ?, ?, 0, 0, 'ready', ?, ?)`,
      deployment,
      job["wave"] ?? 0,
      job["transport"] ?? "",
      nowMs,
      event.control,
    );
    database.run(
      `INSERT INTO errands SELECT ?, agent, address FROM ledger
       WHERE job = ? AND state IN (SELECT value FROM json_each(?))`,
      id,
      job["id"] ?? 0,
      states,
    );
  }
}

/** Who has still to be told. */
export function errandRecipients(database: Database, job: number): ClaimedJob["recipients"] {
  return database
    .all("SELECT agent, address FROM errands WHERE job = ? ORDER BY agent", job)
    .map((row) => ({ agent: String(row["agent"]), address: String(row["address"]) }));
}

/** Books it; returns whether anybody is left. */
export function recordErrand(database: Database, job: number, settlement: Settlement): boolean {
  if (settlement.retryAt === undefined) database.run("DELETE FROM errands WHERE job = ?", job);
  for (const { agent, outcome } of settlement.outcomes)
    if (outcome !== "later")
      database.run("DELETE FROM errands WHERE job = ? AND agent = ?", job, agent);
  return database.one("SELECT 1 FROM errands WHERE job = ? LIMIT 1", job) !== undefined;
}
