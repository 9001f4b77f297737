/** A large deployment to measure with: planned, entered into a store, settled. */
import type { DeploymentRecord, ServerStore } from "../../sdk/src/ledger/index.ts";
import { draftPlan, rosterOf } from "../../sdk/src/server/index.ts";

/** What the planner puts into one job. */
export const recipientsOfJob = 500;

/** Agents by mail, over a thousand domains. */
export function audienceOf(size: number): {
  readonly agent: string;
  readonly groups: string[];
  readonly transport: string;
  readonly address: string;
}[] {
  return Array.from({ length: size }, (_, index) => ({
    agent: `agent-${index}`,
    groups: ["all"],
    transport: "email",
    address: `agent-${index}@d${index % 1000}.example`,
  }));
}

/** A plan of one wave, and its record. */
export function deploymentOf(size: number): {
  readonly deployment: DeploymentRecord;
  readonly jobs: ReturnType<typeof draftPlan>["jobs"];
} {
  const id = "11111111-1111-4111-8111-111111111111";
  const { jobs, waves } = draftPlan({
    deployment: id,
    roster: rosterOf(audienceOf(size)),
    rollout: {},
    delivery: "auto",
    archiveBytes: 1_000_000,
    transports: [{ name: "email", carriage: "message" }],
  });
  const now = new Date();
  const deployment: DeploymentRecord = {
    id,
    trigger: "{}",
    packageName: "demo-app",
    version: "1.0.0",
    manifest: "a".repeat(64),
    audience: { groups: ["all"] },
    reason: "bench",
    acceptedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + 1e9).toISOString(),
    approval: false,
    signers: [],
    waves,
    windows: [],
  };
  return { deployment, jobs };
}

/** Starts its wave; claims and books every job, as if each recipient's relay had taken it. @returns recipients */
export async function settleAll(
  { deployments }: ServerStore,
  { id }: DeploymentRecord,
): Promise<number> {
  const now = new Date();
  const event = { deployment: id, at: now.toISOString(), wave: 0, reason: "" };
  await deployments.event({ ...event, kind: "waveStarted" });
  for (let settled = 0; ;) {
    const job = await deployments.claim({
      worker: "w",
      now,
      leaseMs: 60_000,
      transports: ["email"],
    });
    if (job === undefined) return settled;
    const outcomes = job.recipients.map(({ agent }) => ({
      agent,
      outcome: "accepted" as const,
      detail: "250",
    }));
    await deployments.record(job, { now, outcomes });
    settled += outcomes.length;
  }
}
