/** Claiming, renewing, recording: the work of a deployment and its ledger, in one transaction each. */
import {
  movesOf,
  type ClaimedJob,
  type ClaimRequest,
  type DeploymentRecord,
  type Errand,
  type Settlement,
} from "../../ledger/index.ts";
import type { Database } from "./database.ts";
import { errandRecipients, recordErrand } from "./errands.ts";
import { moveRows } from "./ledger.ts";

/** Leases the job that has been due longest. A lapsed lease counts as due. */
export function claimJob(database: Database, request: ClaimRequest): ClaimedJob | undefined {
  const nowMs = request.now.getTime();
  return database.transaction(() => {
    const job = database.one(
      `SELECT jobs.*, deployments.record FROM jobs JOIN deployments ON deployments.number = jobs.deployment
       WHERE jobs.transport IN (SELECT value FROM json_each(?))
         AND jobs.not_before_ms <= ? AND jobs.state IN ('ready', 'leased')
         AND (jobs.state = 'ready' OR jobs.lease_until_ms <= ?)
         AND (jobs.errand IS NOT NULL OR (
           deployments.state = 'running' AND deployments.id NOT IN (SELECT value FROM json_each(?))))
       ORDER BY jobs.not_before_ms, jobs.id LIMIT 1`,
      JSON.stringify(request.transports),
      nowMs,
      nowMs,
      JSON.stringify(request.except ?? []),
    );
    if (job === undefined) return undefined;
    const id = Number(job["id"]);
    // Raised before the work starts: a job that kills its worker is not tried for ever.
    database.run(
      "UPDATE jobs SET state = 'leased', lease_until_ms = ?, worker = ?, claim = claim + 1 WHERE id = ?",
      nowMs + request.leaseMs,
      request.worker,
      id,
    );
    const claim = Number(job["claim"]) + 1;
    const errand = job["errand"];
    return {
      id,
      claim,
      attempt: claim - Number(job["postponed"]),
      deployment: JSON.parse(String(job["record"])) as DeploymentRecord,
      wave: Number(job["wave"]),
      transport: String(job["transport"]),
      attach: job["attach"] === 1,
      ...(typeof errand === "string" ? { errand: JSON.parse(errand) as Errand } : {}),
      recipients:
        errand === null ? plannedRecipients(database, id) : errandRecipients(database, id),
    };
  });
}

/** Holds a claim for longer; false if the claim is no longer this one. */
export function renewJob(
  database: Database,
  { id, claim }: ClaimedJob,
  { now, leaseMs }: { readonly now: Date; readonly leaseMs: number },
): boolean {
  const renewed = database.run(
    "UPDATE jobs SET lease_until_ms = ? WHERE id = ? AND claim = ? AND state = 'leased'",
    now.getTime() + leaseMs,
    id,
    claim,
  );
  return renewed === 1;
}

/** Gives a claim back untried; false if the claim is no longer this one. */
export function postponeJob(database: Database, { id, claim }: ClaimedJob, until: Date): boolean {
  const postponed = database.run(
    `UPDATE jobs SET state = 'ready', not_before_ms = ?, worker = '', lease_until_ms = 0, postponed = postponed + 1
     WHERE id = ? AND claim = ? AND state = 'leased'`,
    until.getTime(),
    id,
    claim,
  );
  return postponed === 1;
}

/** Books outcomes; false if the claim is no longer this one. */
export function recordJob(database: Database, job: ClaimedJob, settlement: Settlement): boolean {
  return database.transaction(() => {
    const held = database.one(
      "SELECT deployment, wave FROM jobs WHERE id = ? AND claim = ? AND state = 'leased'",
      job.id,
      job.claim,
    );
    if (held === undefined) return false;
    const place = { deployment: Number(held["deployment"]), wave: Number(held["wave"]) };
    const left =
      job.errand === undefined
        ? recordLedger(database, job.id, place, settlement)
        : recordErrand(database, job.id, settlement);
    database.run(
      "UPDATE jobs SET state = ?, not_before_ms = ?, worker = '', lease_until_ms = 0, recipients = ? WHERE id = ?",
      left > 0 ? "ready" : "done",
      settlement.retryAt?.getTime() ?? 0,
      left,
      job.id,
    );
    return true;
  });
}

/** Moves the recipients' rows; returns how many are left to be tried again. */
function recordLedger(
  database: Database,
  job: number,
  place: { readonly deployment: number; readonly wave: number },
  settlement: Settlement,
): number {
  const nowMs = settlement.now.getTime();
  for (const { to, detail, agents } of movesOf(settlement)) {
    const choice = { of: "job", job, from: "planned", ...(agents && { agents }) } as const;
    if (to === undefined) noteDetail(database, job, agents ?? [], detail);
    else moveRows(database, place, choice, to, detail, nowMs);
  }
  const left = database.one(
    "SELECT count(*) AS count FROM ledger WHERE job = ? AND state = 'planned'",
    job,
  );
  return Number(left?.["count"]);
}

function noteDetail(
  database: Database,
  job: number,
  agents: readonly string[],
  detail: string,
): void {
  database.run(
    `UPDATE ledger SET detail = ?
     WHERE job = ? AND state = 'planned' AND agent IN (SELECT value FROM json_each(?))`,
    detail,
    job,
    JSON.stringify(agents),
  );
}

function plannedRecipients(database: Database, job: number): ClaimedJob["recipients"] {
  return database
    .all(
      "SELECT agent, address FROM ledger WHERE job = ? AND state = 'planned' ORDER BY agent",
      job,
    )
    .map((row) => ({ agent: String(row["agent"]), address: String(row["address"]) }));
}
