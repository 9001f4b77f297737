/**
 * What the cases share: a store that can be restarted, a moment in time, plans, and short words for what is done to
 * them.
 */
import { ok } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type {
  ClaimedJob,
  DeploymentEvent,
  DeploymentPlan,
  DeploymentRecord,
  LedgerState,
  PlannedJob,
  ReceiptFacts,
  ServerStore,
} from "../../ledger/index.ts";

/** The store of one case. */
export interface Ground {
  store: ServerStore;
  /** Closes and opens it again. */
  restart(): Promise<void>;
}

/** Cases by what they say. */
export type Cases = Readonly<Record<string, (ground: Ground) => Promise<void>>>;

const start = Date.parse("2026-11-22T12:00:00Z");

/** The moment so many seconds after the cases' noon. */
export const at = (seconds: number): Date => new Date(start + seconds * 1000);

export function planOf(options: {
  readonly agents: number;
  readonly perJob?: number;
  readonly waves?: number;
  readonly approval?: boolean;
}): DeploymentPlan {
  const { agents, waves = 1, perJob = Math.ceil(agents / waves), approval = false } = options;
  const names = Array.from(
    { length: agents },
    (_, index) => `agent-${String(index).padStart(4, "0")}`,
  );
  const perWave = Math.ceil(agents / waves);
  const jobs: PlannedJob[] = [];
  const sizes: number[] = [];
  for (let wave = 0; wave < waves; wave++) {
    const members = names.slice(wave * perWave, (wave + 1) * perWave);
    sizes.push(members.length);
    for (let from = 0; from < members.length; from += perJob)
      jobs.push({
        wave,
        transport: "email",
        attach: false,
        delayMs: 0,
        recipients: members
          .slice(from, from + perJob)
          .map((agent) => ({ agent, address: `${agent}@example.org` })),
      });
  }
  const deployment: DeploymentRecord = {
    id: randomUUID(),
    trigger: "{}",
    packageName: "demo-app",
    version: "1.0.0",
    manifest: "a".repeat(64),
    audience: { groups: ["all"] },
    reason: "test",
    acceptedAt: at(0).toISOString(),
    expiresAt: at(1_000_000).toISOString(),
    approval,
    signers: [],
    waves: sizes.map((size, index) => ({
      name: `wave-${index}`,
      size,
      successThreshold: 100,
      errorThreshold: 0,
      noAnswer: "failed",
      deadlineSeconds: 60,
      soakSeconds: 0,
    })),
    windows: [],
  };
  return { deployment, jobs };
}

export async function started(store: ServerStore, plan: DeploymentPlan): Promise<DeploymentPlan> {
  await store.deployments.plan(plan);
  ok(await happen(store, plan, { kind: "waveStarted", wave: 0 }));
  return plan;
}

export async function happen(
  store: ServerStore,
  plan: DeploymentPlan,
  event: Omit<DeploymentEvent, "deployment" | "at" | "reason">,
): Promise<boolean> {
  const { id } = plan.deployment;
  return store.deployments.event({
    deployment: id,
    at: at(0).toISOString(),
    reason: "test",
    ...event,
  });
}

export async function claim(
  store: ServerStore,
  seconds: number,
  worker = "worker",
): Promise<ClaimedJob | undefined> {
  return store.deployments.claim({
    worker,
    now: at(seconds),
    leaseMs: 60_000,
    transports: ["email"],
  });
}

export async function settle(
  store: ServerStore,
  job: ClaimedJob,
  seconds: number,
  outcome: "accepted" | "rejected",
): Promise<boolean> {
  const outcomes = job.recipients.map(({ agent }) => ({ agent, outcome, detail: "" }));
  return store.deployments.record(job, { now: at(seconds), outcomes });
}

export function receiptOf(
  { deployment }: DeploymentPlan,
  agent: string | undefined,
  { state, seconds }: { readonly state: ReceiptFacts["state"]; readonly seconds: number },
): ReceiptFacts {
  return {
    agent: must(agent),
    counter: 1,
    deployment: deployment.id,
    state,
    detail: "",
    text: "{}",
    now: at(seconds),
  };
}

/** States that somebody is in. */
export async function countsOf(
  store: ServerStore,
  plan: DeploymentPlan,
): Promise<Record<string, number>> {
  const progress = await store.deployments.progress(plan.deployment.id);
  const sums: Record<string, number> = {};
  for (const { counts } of progress?.waves ?? [])
    for (const [state, count] of Object.entries(counts))
      if (count > 0) sums[state] = (sums[state] ?? 0) + count;
  return sums;
}

export function tallyOf(states: readonly LedgerState[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const state of states) sums[state] = (sums[state] ?? 0) + 1;
  return sums;
}

export function must<T>(value: T | undefined): T {
  ok(value !== undefined);
  return value;
}
