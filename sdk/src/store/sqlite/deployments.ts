/** The DeploymentStore over SQLite. */
import {
  countsOf,
  verdictOn,
  type DeploymentEvent,
  type DeploymentProgress,
  type DeploymentRecord,
  type DeploymentState,
  type DeploymentStore,
  type LedgerPage,
  type LedgerRow,
  type LedgerState,
  type ReceiptFacts,
  type ReceiptVerdict,
  type WaveProgress,
} from "../../ledger/index.ts";
import { bookBounce, readAddressees } from "./bounces.ts";
import type { Database, Row } from "./database.ts";
import { planParts } from "./errands.ts";
import { applyEvent } from "./events.ts";
import { claimJob, postponeJob, recordJob, renewJob } from "./jobs.ts";
import { moveRow } from "./ledger.ts";
import { planDeployment } from "./plan.ts";
import { pruneLedger } from "./prune.ts";
import { readQueues } from "./queues.ts";
import { together } from "./together.ts";

/** Each method is one transaction or one read. */
export function sqliteDeployments(database: Database): DeploymentStore {
  return {
    plan: (plan) => planDeployment(database, plan),
    claim: async (request) => claimJob(database, request),
    renew: async (job, lease) => renewJob(database, job, lease),
    postpone: async (job, until) => postponeJob(database, job, until),
    queues: async (now) => readQueues(database, now),
    record: async (job, settlement) => recordJob(database, job, settlement),
    addressees: async (job, address) => readAddressees(database, job, address),
    bounce: async (bounce) => bookBounce(database, bounce),
    take: together(database, (receipt) => takeReceipt(database, receipt)),
    event: async (event) => applyEvent(database, event),
    progress: async (deployment) => readProgress(database, deployment),
    list: async ({ open = false, limit = 1000 } = {}) =>
      database
        .all(
          `SELECT id FROM deployments WHERE state ${open ? "IN ('waiting', 'running', 'paused')" : "<> 'planning'"} ORDER BY number DESC LIMIT ?`,
          limit,
        )
        .map((row) => String(row["id"])),
    ledger: async (deployment, page = {}) => readLedger(database, deployment, page),
    events: async (deployment) =>
      database
        .all(
          "SELECT event FROM events WHERE deployment = (SELECT number FROM deployments WHERE id = ?) ORDER BY number",
          deployment,
        )
        .map((row) => JSON.parse(String(row["event"])) as DeploymentEvent),
    prune: async (request) => pruneLedger(database, request),
  };
}

/** Counted if it is the agent's latest word in this deployment. Within a transaction. */
function takeReceipt(database: Database, receipt: ReceiptFacts): ReceiptVerdict {
  const row = database.one(
    `SELECT deployment, wave, state, counter FROM ledger
     WHERE deployment = (SELECT number FROM deployments WHERE id = ?) AND agent = ?`,
    receipt.deployment,
    receipt.agent,
  );
  const verdict = verdictOn(receipt, row === undefined ? undefined : Number(row["counter"]));
  if (row === undefined || verdict !== "counted") return verdict;
  const place = {
    deployment: Number(row["deployment"]),
    wave: Number(row["wave"]),
    agent: receipt.agent,
    from: row["state"] as LedgerState,
  };
  moveRow(database, place, receipt.state, receipt.detail, receipt.now.getTime());
  database.run(
    "UPDATE ledger SET counter = ?, receipt = ? WHERE deployment = ? AND agent = ?",
    receipt.counter,
    receipt.text,
    place.deployment,
    place.agent,
  );
  planParts(database, place, receipt);
  return verdict;
}

function readProgress(database: Database, id: string): DeploymentProgress | undefined {
  const row = database.one(
    "SELECT number, record, state, reason FROM deployments WHERE id = ?",
    id,
  );
  if (row === undefined) return undefined;
  const counts = database.all(
    "SELECT wave, state, count FROM tallies WHERE deployment = ?",
    Number(row["number"]),
  );
  const waves = database.all(
    "SELECT * FROM waves WHERE deployment = ? ORDER BY wave",
    Number(row["number"]),
  );
  return {
    deployment: JSON.parse(String(row["record"])) as DeploymentRecord,
    state: row["state"] as DeploymentState,
    reason: String(row["reason"]),
    waves: waves.map((wave) => readWave(wave, counts)),
  };
}

function readWave(row: Row, tallies: readonly Row[]): WaveProgress {
  const own = tallies.filter((tally) => tally["wave"] === row["wave"]);
  return {
    state: row["state"] as WaveProgress["state"],
    ...(row["started_at"] === null ? {} : { startedAt: String(row["started_at"]) }),
    ...(row["reached_at"] === null ? {} : { reachedAt: String(row["reached_at"]) }),
    forgiven: Number(row["forgiven"]),
    counts: countsOf(Object.fromEntries(own.map(({ state, count }) => [state, Number(count)]))),
  };
}

function readLedger(database: Database, deployment: string, page: LedgerPage): LedgerRow[] {
  return database
    .all(
      `SELECT ledger.*, jobs.transport FROM ledger JOIN jobs ON jobs.id = ledger.job
       WHERE ledger.deployment = (SELECT number FROM deployments WHERE id = ?)
         AND ledger.agent > ? AND (? IS NULL OR ledger.state = ?)
         ${page.agents === undefined ? "" : "AND ledger.agent IN (SELECT value FROM json_each(?))"}
       ORDER BY ledger.agent LIMIT ?`,
      deployment,
      page.after ?? "",
      page.state ?? null,
      page.state ?? null,
      ...(page.agents === undefined ? [] : [JSON.stringify(page.agents)]),
      page.limit ?? 1000,
    )
    .map((row) => ({
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
