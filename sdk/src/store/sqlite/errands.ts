/** Errands: jobs beside those of the waves, due whatever state the deployment is in. */
import {
  addedTo,
  againKey,
  allowedOf,
  toldBy,
  type Announcement,
  type ClaimedJob,
  type PartsRequest,
  type ReceiptFacts,
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
     WHERE deployment = ? AND transport IN (SELECT value FROM json_each(?))
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

/** Enters what a receipt asks for, or adds it to what its agent waits for. Within the transaction that counts it. */
export function planParts(
  database: Database,
  { deployment, wave }: { readonly deployment: number; readonly wave: number },
  { deployment: id, agent, asksFor, now }: ReceiptFacts,
): void {
  if (asksFor === undefined) return;
  const parts = allow(database, againKey(id, agent), asksFor);
  if (parts.length === 0) return;
  const { transport, address, notification } = asksFor;
  const waiting = database.all(
    `SELECT jobs.id, jobs.errand FROM errands JOIN jobs ON jobs.id = errands.job
     WHERE errands.agent = ? AND jobs.deployment = ? AND jobs.transport = ? AND jobs.state = 'ready'`,
    agent,
    deployment,
    transport,
  );
  const added = addedTo(waiting, { notification, parts });
  if (added !== undefined) {
    database.run("UPDATE jobs SET errand = ? WHERE id = ?", added.errand, added.job);
    return;
  }
  const job = database.insert(
    `INSERT INTO jobs (deployment, wave, transport, attach, delay_ms, state, not_before_ms, errand, recipients)
     VALUES (?, ?, ?, 0, 0, 'ready', ?, ?, 1)`,
    deployment,
    wave,
    transport,
    now.getTime(),
    JSON.stringify({ notification, parts }),
  );
  database.run("INSERT INTO errands VALUES (?, ?, ?)", job, agent, address);
}

/** Those of them that may still be had, counted as had. */
function allow(database: Database, key: string, asksFor: PartsRequest): readonly number[] {
  const had = Number(database.one("SELECT value FROM kept WHERE key = ?", key)?.["value"] ?? 0);
  const parts = allowedOf(asksFor, had);
  database.run(
    "INSERT INTO kept VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    key,
    String(had + parts.length),
  );
  return parts;
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
