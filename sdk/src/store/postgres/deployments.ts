/** The DeploymentStore over PostgreSQL. */
import {
  countsOf,
  type DeploymentEvent,
  type DeploymentProgress,
  type DeploymentRecord,
  type DeploymentState,
  type DeploymentStore,
  type LedgerPage,
  type LedgerRow,
  type LedgerState,
  type WaveProgress,
} from "../../ledger/index.ts";
import { bookBounce, readAddressees } from "./bounces.ts";
import type { Database, Row } from "./database.ts";
import { applyEvent } from "./events.ts";
import { claimJob, postponeJob, recordJob, renewJob } from "./jobs.ts";
import { planDeployment } from "./plan.ts";
import { pruneLedger } from "./prune.ts";
import { readQueues } from "./queues.ts";
import { receiptTaker } from "./receipts.ts";

/** Each method is one transaction or one read. */
export function postgresDeployments(database: Database): DeploymentStore {
  return {
    plan: (plan) => planDeployment(database, plan),
    claim: (request) => claimJob(database, request),
    renew: (job, lease) => renewJob(database, job, lease),
    postpone: (job, until) => postponeJob(database, job, until),
    queues: (now) => readQueues(database, now),
    record: (job, settlement) => recordJob(database, job, settlement),
    addressees: (job, address) => readAddressees(database, job, address),
    bounce: (bounce) => bookBounce(database, bounce),
    take: receiptTaker(database),
    event: (event) => applyEvent(database, event),
    progress: (deployment) => readProgress(database, deployment),
    list: async ({ open = false, limit = 1000 } = {}) =>
      (
        await database.all(
          `SELECT id FROM outrider.deployments ${open ? "WHERE state IN ('waiting', 'running', 'paused')" : ""} ORDER BY number DESC LIMIT $1`,
          limit,
        )
      ).map((row) => String(row["id"])),
    ledger: (deployment, page = {}) => readLedger(database, deployment, page),
    events: async (deployment) =>
      (
        await database.all(
          `SELECT event FROM outrider.events
           WHERE deployment = (SELECT number FROM outrider.deployments WHERE id = $1) ORDER BY number`,
          deployment,
        )
      ).map((row) => JSON.parse(String(row["event"])) as DeploymentEvent),
    prune: (request) => pruneLedger(database, request),
  };
}

/** One statement, so that state, waves and counts are of one moment. */
async function readProgress(
  database: Database,
  id: string,
): Promise<DeploymentProgress | undefined> {
  const rows = await database.all(
    `SELECT d.record, d.state, d.reason, w.wave, w.state AS wave_state, w.started_at, w.reached_at, w.forgiven,
       (SELECT json_object_agg(s.state, s.count) FROM (
          SELECT t.state, sum(t.count) AS count FROM outrider.tallies AS t
          WHERE t.deployment = d.number AND t.wave = w.wave GROUP BY t.state) AS s)::text AS counts
     FROM outrider.deployments AS d LEFT JOIN outrider.waves AS w ON w.deployment = d.number
     WHERE d.id = $1 ORDER BY w.wave`,
    id,
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    deployment: JSON.parse(String(row["record"])) as DeploymentRecord,
    state: row["state"] as DeploymentState,
    reason: String(row["reason"]),
    waves: rows.filter(({ wave }) => wave !== null).map(readWave),
  };
}

function readWave(row: Row): WaveProgress {
  const tallies = JSON.parse(String(row["counts"])) as Partial<Record<LedgerState, number>> | null;
  return {
    state: row["wave_state"] as WaveProgress["state"],
    ...(row["started_at"] === null ? {} : { startedAt: String(row["started_at"]) }),
    ...(row["reached_at"] === null ? {} : { reachedAt: String(row["reached_at"]) }),
    forgiven: Number(row["forgiven"]),
    counts: countsOf(tallies ?? {}),
  };
}

async function readLedger(
  database: Database,
  deployment: string,
  page: LedgerPage,
): Promise<LedgerRow[]> {
  const rows = await database.all(
    `SELECT ledger.agent, ledger.wave, ledger.address, ledger.state, ledger.detail, ledger.changed_ms,
       ledger.receipt, jobs.transport
     FROM outrider.ledger JOIN outrider.jobs ON jobs.id = ledger.job
     WHERE ledger.deployment = (SELECT number FROM outrider.deployments WHERE id = $1)
       AND ledger.agent > $2 AND ($3::text IS NULL OR ledger.state = $3)
       AND ($4::text[] IS NULL OR ledger.agent = ANY($4::text[]))
     ORDER BY ledger.agent LIMIT $5`,
    deployment,
    page.after ?? "",
    page.state ?? null,
    page.agents ?? null,
    page.limit ?? 1000,
  );
  return rows.map((row) => ({
    agent: String(row["agent"]),
    wave: Number(row["wave"]),
    transport: String(row["transport"]),
    address: String(row["address"]),
    state: row["state"] as LedgerState,
    detail: String(row["detail"]),
    changedAt: new Date(Number(row["changed_ms"])).toISOString(),
    ...(row["receipt"] === null ? {} : { receipt: String(row["receipt"]) }),
  }));
}
