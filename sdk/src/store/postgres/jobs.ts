/** Claiming, renewing, recording: the work of a deployment and its ledger. */
import {
  movesOf,
  type ClaimedJob,
  type ClaimRequest,
  type DeploymentRecord,
  type Errand,
  type Settlement,
} from "../../ledger/index.ts";
import type { Database, Statements } from "./database.ts";
import { errandRecipients, recordErrand } from "./errands.ts";
import { moveRows, Tallies, type Place } from "./ledger.ts";

/**
 * Leases the job that has been due longest; a lapsed lease counts as due. Asked by transport, each first one is where
 * the index begins, however many are due. What another takes at this moment is passed over, not waited for. The claim
 * counts as soon as it is committed: should its answer be lost, its lease lapses.
 */
export async function claimJob(
  database: Database,
  request: ClaimRequest,
): Promise<ClaimedJob | undefined> {
  const nowMs = request.now.getTime();
  const job = await database.one(
    `UPDATE outrider.jobs SET state = 'leased', lease_until_ms = $3, worker = $4, claim = jobs.claim + 1
     FROM (
       SELECT first.* FROM unnest($1::text[]) AS names (transport) CROSS JOIN LATERAL (
         SELECT jobs.id, jobs.not_before_ms, deployments.record FROM outrider.jobs
         JOIN outrider.deployments ON deployments.number = jobs.deployment
         WHERE jobs.transport = names.transport
           AND jobs.not_before_ms <= $2 AND jobs.state IN ('ready', 'leased')
           AND (jobs.state = 'ready' OR jobs.lease_until_ms <= $2)
           AND (jobs.errand IS NOT NULL OR (
             deployments.state = 'running' AND deployments.id <> ALL($5::text[])))
         ORDER BY jobs.not_before_ms, jobs.id LIMIT 1 FOR UPDATE OF jobs SKIP LOCKED
       ) AS first ORDER BY first.not_before_ms, first.id LIMIT 1
     ) AS due WHERE jobs.id = due.id
     RETURNING jobs.id, jobs.claim, jobs.wave, jobs.transport, jobs.attach, jobs.errand, jobs.postponed, due.record`,
    request.transports,
    nowMs,
    nowMs + request.leaseMs,
    request.worker,
    request.except ?? [],
  );
  if (job === undefined) return undefined;
  const id = Number(job["id"]);
  const claim = Number(job["claim"]);
  const errand = job["errand"];
  return {
    id,
    claim,
    attempt: claim - Number(job["postponed"]),
    deployment: JSON.parse(String(job["record"])) as DeploymentRecord,
    wave: Number(job["wave"]),
    transport: String(job["transport"]),
    attach: job["attach"] === true,
    ...(typeof errand === "string" ? { errand: JSON.parse(errand) as Errand } : {}),
    recipients: await (errand === null ? plannedRecipients : errandRecipients)(database, id),
  };
}

/** Holds a claim for longer; false if the claim is no longer this one. */
export async function renewJob(
  database: Database,
  { id, claim }: ClaimedJob,
  { now, leaseMs }: { readonly now: Date; readonly leaseMs: number },
): Promise<boolean> {
  const renewed = await database.run(
    "UPDATE outrider.jobs SET lease_until_ms = $1 WHERE id = $2 AND claim = $3 AND state = 'leased'",
    now.getTime() + leaseMs,
    id,
    claim,
  );
  return renewed === 1;
}

/** Gives a claim back untried; false if the claim is no longer this one. */
export async function postponeJob(
  database: Database,
  { id, claim }: ClaimedJob,
  until: Date,
): Promise<boolean> {
  const postponed = await database.run(
    `UPDATE outrider.jobs
     SET state = 'ready', not_before_ms = $1, worker = '', lease_until_ms = 0, postponed = postponed + 1
     WHERE id = $2 AND claim = $3 AND state = 'leased'`,
    until.getTime(),
    id,
    claim,
  );
  return postponed === 1;
}

/** Books outcomes; false if the claim is no longer this one. Done twice, the second time finds it done. */
export async function recordJob(
  database: Database,
  job: ClaimedJob,
  settlement: Settlement,
): Promise<boolean> {
  return database.transaction("repeatable", async (statements) => {
    const held = await statements.one(
      "SELECT deployment, wave FROM outrider.jobs WHERE id = $1 AND claim = $2 AND state = 'leased' FOR UPDATE",
      job.id,
      job.claim,
    );
    if (held === undefined) return false;
    const place = { deployment: Number(held["deployment"]), wave: Number(held["wave"]) };
    const tallies = new Tallies();
    const left =
      job.errand === undefined
        ? await recordLedger(statements, tallies, job.id, place, settlement)
        : await recordErrand(statements, job.id, settlement);
    await statements.run(
      "UPDATE outrider.jobs SET state = $1, not_before_ms = $2, worker = '', lease_until_ms = 0, recipients = $4 WHERE id = $3",
      left > 0 ? "ready" : "done",
      settlement.retryAt?.getTime() ?? 0,
      job.id,
      left,
    );
    await tallies.write(statements);
    return true;
  });
}

/** Moves the recipients' rows; returns how many are left to be tried again. */
async function recordLedger(
  statements: Statements,
  tallies: Tallies,
  job: number,
  place: Place,
  settlement: Settlement,
): Promise<number> {
  const nowMs = settlement.now.getTime();
  for (const { to, detail, agents } of movesOf(settlement)) {
    const choice = { of: "job", job, from: "planned", ...(agents && { agents }) } as const;
    if (to !== undefined) await moveRows(statements, tallies, place, choice, { to, detail, nowMs });
    else
      await statements.run(
        "UPDATE outrider.ledger SET detail = $1 WHERE job = $2 AND state = 'planned' AND agent = ANY($3::text[])",
        detail,
        job,
        agents ?? [],
      );
  }
  const left = await statements.one(
    "SELECT count(*) AS count FROM outrider.ledger WHERE job = $1 AND state = 'planned'",
    job,
  );
  return Number(left?.["count"]);
}

async function plannedRecipients(
  statements: Statements,
  job: number,
): Promise<ClaimedJob["recipients"]> {
  const rows = await statements.all(
    "SELECT agent, address FROM outrider.ledger WHERE job = $1 AND state = 'planned' ORDER BY agent",
    job,
  );
  return rows.map((row) => ({ agent: String(row["agent"]), address: String(row["address"]) }));
}
