/**
 * Enters a deployment with its ledger and jobs. To everybody else it appears in one transaction, or not at all: what is
 * too much for one is written in several, with a turn of the event loop after each, under a name that nobody asks for,
 * and gets its own in the last. What a crash leaves under such a name is removed when the next deployment is planned.
 */
import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { OutriderError } from "../../errors/index.ts";
import { openingOf, type DeploymentPlan, type PlannedJob } from "../../ledger/index.ts";
import type { Database } from "./database.ts";
import { tally } from "./ledger.ts";

/** Rows of the ledger in one transaction: some tens of milliseconds. */
const rowsTogether = 2500;
/** What has been in the making for so long was left by a crash. */
const abandonedMs = 24 * 3600 * 1000;

/** @throws REPLAYED */
export async function planDeployment(database: Database, plan: DeploymentPlan): Promise<void> {
  refuseKnown(database, plan.deployment.id);
  await removeAbandoned(database);
  const draft = `planning/${Date.now()}/${randomUUID()}`;
  const work = enter(database, draft, plan);
  try {
    while (database.transaction(() => work.next().done !== true)) await nextTurn();
  } catch (error) {
    // Nobody sees it; should it not be removed now, it is with the next plan.
    await remove(database, draft).catch(() => undefined);
    throw error;
  }
}

/** Stops where a transaction may end. */
function* enter(
  database: Database,
  draft: string,
  { deployment, jobs }: DeploymentPlan,
): Generator<undefined, void, undefined> {
  const number = database.insert(
    "INSERT INTO deployments (id, record, state, reason) VALUES (?, ?, 'planning', '')",
    draft,
    JSON.stringify(deployment),
  );
  for (const [wave] of deployment.waves.entries())
    database.run(
      "INSERT INTO waves (deployment, wave, state) VALUES (?, ?, 'waiting')",
      number,
      wave,
    );
  const acceptedMs = Date.parse(deployment.acceptedAt);
  let rows = 0;
  for (const job of jobs) {
    const { recipients } = job; // asked for once: they may be made when they are
    const id = enterJob(database, number, job, recipients.length);
    for (const { agent, address } of recipients) {
      database.run(
        "INSERT INTO ledger (deployment, agent, wave, job, address, state, changed_ms) VALUES (?, ?, ?, ?, ?, 'planned', ?)",
        number,
        agent,
        job.wave,
        id,
        address,
        acceptedMs,
      );
      if (++rows % rowsTogether === 0) yield;
    }
    tally(database, number, job.wave, "planned", recipients.length);
  }
  refuseKnown(database, deployment.id);
  const { state, reason } = openingOf(deployment);
  database.run(
    "UPDATE deployments SET id = ?, state = ?, reason = ? WHERE number = ?",
    deployment.id,
    state,
    reason,
    number,
  );
}

function enterJob(
  database: Database,
  deployment: number,
  job: PlannedJob,
  recipients: number,
): number {
  return database.insert(
    "INSERT INTO jobs (deployment, wave, transport, attach, delay_ms, state, recipients) VALUES (?, ?, ?, ?, ?, 'held', ?)",
    deployment,
    job.wave,
    job.transport,
    job.attach ? 1 : 0,
    job.delayMs,
    recipients,
  );
}

function refuseKnown(database: Database, id: string): void {
  if (database.one("SELECT 1 FROM deployments WHERE id = ?", id) === undefined) return;
  throw new OutriderError("REPLAYED", `Trigger ${id} was accepted before; it takes effect once.`, {
    subject: id,
  });
}

async function removeAbandoned(database: Database): Promise<void> {
  const before = Date.now() - abandonedMs;
  for (const row of database.all("SELECT id FROM deployments WHERE id GLOB 'planning/*'")) {
    const draft = String(row["id"]);
    if (Number(draft.split("/")[1]) < before) await remove(database, draft);
  }
}

async function remove(database: Database, draft: string): Promise<void> {
  const row = database.one("SELECT number FROM deployments WHERE id = ?", draft);
  if (row === undefined) return;
  const number = Number(row["number"]);
  const removeRows = (): number =>
    database.run(
      "DELETE FROM ledger WHERE rowid IN (SELECT rowid FROM ledger WHERE deployment = ? LIMIT ?)",
      number,
      rowsTogether,
    );
  while (removeRows() > 0) await nextTurn();
  database.transaction(() => {
    for (const table of ["jobs", "waves", "tallies"])
      database.run(`DELETE FROM ${table} WHERE deployment = ?`, number);
    database.run("DELETE FROM deployments WHERE number = ?", number);
  });
}
