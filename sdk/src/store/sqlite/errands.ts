/** Telling of a control: jobs beside those of the waves, due whatever state the deployment is in. */
import { toldBy, type ClaimedJob, type Errand, type Settlement } from "../../ledger/index.ts";
import type { Database } from "./database.ts";

/** A job per job that has written to somebody, for those to whom it has. Within the event's transaction. */
export function planErrand(
  database: Database,
  deployment: number,
  errand: Errand,
  nowMs: number,
): void {
  const states = JSON.stringify(errand.states);
  const jobs = database.all(
    `SELECT id, wave, transport FROM jobs
     WHERE deployment = ? AND control IS NULL AND transport IN (SELECT value FROM json_each(?))
       AND EXISTS (SELECT 1 FROM ledger WHERE job = jobs.id AND state IN (SELECT value FROM json_each(?)))`,
    deployment,
    JSON.stringify(errand.transports),
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
      errand.control,
    );
    const count = database.run(
      `INSERT INTO errands SELECT ?, agent, address FROM ledger
       WHERE job = ? AND state IN (SELECT value FROM json_each(?))`,
      id,
      job["id"] ?? 0,
      states,
    );
    database.run("UPDATE jobs SET recipients = ? WHERE id = ?", count, id);
  }
}

/** Who has still to be told. */
export function errandRecipients(database: Database, job: number): ClaimedJob["recipients"] {
  return database
    .all("SELECT agent, address FROM errands WHERE job = ? ORDER BY agent", job)
    .map((row) => ({ agent: String(row["agent"]), address: String(row["address"]) }));
}

/** Books it; returns how many are left. */
export function recordErrand(database: Database, job: number, settlement: Settlement): number {
  const told = toldBy(settlement);
  if (told === "all") database.run("DELETE FROM errands WHERE job = ?", job);
  else
    database.run(
      "DELETE FROM errands WHERE job = ? AND agent IN (SELECT value FROM json_each(?))",
      job,
      JSON.stringify(told),
    );
  const left = database.one("SELECT count(*) AS count FROM errands WHERE job = ?", job);
  return Number(left?.["count"]);
}
