/** Errands: jobs beside those of the waves, due whatever state the deployment is in. */
import {
  joined,
  toldBy,
  type Announcement,
  type ClaimedJob,
  type Errand,
  type PartsRequest,
  type Settlement,
} from "../../ledger/index.ts";
import type { Database } from "./database.ts";

/** A job per job that has written to somebody, for those to whom it has. Within the event's transaction. */
export function planErrand(
  database: Database,
  deployment: number,
  { control, transports, states }: Announcement,
  nowMs: number,
): void {
  const told = JSON.stringify(states);
  const jobs = database.all(
    `SELECT id, wave, transport FROM jobs
     WHERE deployment = ? AND errand IS NULL AND transport IN (SELECT value FROM json_each(?))
       AND EXISTS (SELECT 1 FROM ledger WHERE job = jobs.id AND state IN (SELECT value FROM json_each(?)))`,
    deployment,
    JSON.stringify(transports),
    told,
  );
  for (const job of jobs) {
    const id = database.insert(
      `INSERT INTO jobs (deployment, wave, transport, attach, delay_ms, state, not_before_ms, errand)
       VALUES (?, ?, ?, 0, 0, 'ready', ?, ?)`,
      deployment,
      job["wave"] ?? 0,
      job["transport"] ?? "",
      nowMs,
      JSON.stringify({ control }),
    );
    const count = database.run(
      `INSERT INTO errands SELECT ?, agent, address FROM ledger
       WHERE job = ? AND state IN (SELECT value FROM json_each(?))`,
      id,
      job["id"] ?? 0,
      told,
    );
    database.run("UPDATE jobs SET recipients = ? WHERE id = ?", count, id);
  }
}

/** Enters what an agent asks for, or adds it to what it waits for. */
export function planParts(database: Database, request: PartsRequest): void {
  const { deployment, agent, transport, address, notification, parts, now } = request;
  database.transaction(() => {
    const row = database.one(
      `SELECT deployment, wave FROM ledger
       WHERE deployment = (SELECT number FROM deployments WHERE id = ?) AND agent = ?`,
      deployment,
      agent,
    );
    if (row === undefined) return;
    const waiting = database.all(
      `SELECT jobs.id, jobs.errand FROM errands JOIN jobs ON jobs.id = errands.job
       WHERE errands.agent = ? AND jobs.deployment = ? AND jobs.transport = ? AND jobs.state = 'ready'`,
      agent,
      row["deployment"] ?? 0,
      transport,
    );
    for (const { id, errand } of waiting) {
      const both = joined(JSON.parse(String(errand)) as Errand, { notification, parts });
      if (both === undefined) continue;
      database.run("UPDATE jobs SET errand = ? WHERE id = ?", JSON.stringify(both), id ?? 0);
      return;
    }
    const job = database.insert(
      `INSERT INTO jobs (deployment, wave, transport, attach, delay_ms, state, not_before_ms, errand, recipients)
       VALUES (?, ?, ?, 0, 0, 'ready', ?, ?, 1)`,
      row["deployment"] ?? 0,
      row["wave"] ?? 0,
      transport,
      now.getTime(),
      JSON.stringify({ notification, parts }),
    );
    database.run("INSERT INTO errands VALUES (?, ?, ?)", job, agent, address);
  });
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
