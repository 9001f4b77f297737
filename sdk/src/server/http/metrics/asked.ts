/** What the server holds, asked when somebody reads: open deployments, what waits, readiness and trust. */
import { Gauge, type Registry } from "prom-client";
import type { DeploymentStore, QueueDepth } from "../../../ledger/index.ts";
import type { Clock } from "../../../ports/index.ts";
import type { Readiness } from "../../process/readiness.ts";

/** Who is asked. */
export interface AskedParts {
  readonly deployments: Pick<DeploymentStore, "list" | "progress" | "queues">;
  readonly clock: Clock;
  readonly readiness: () => Promise<Readiness>;
}

const queueStates: readonly QueueDepth["state"][] = ["planned", "due", "leased"];

/** Registers them. @returns what brings them up to date */
export function askedFigures(
  registry: Registry,
  { deployments, clock, readiness }: AskedParts,
): () => Promise<void> {
  const registers = [registry];
  const agents = new Gauge({
    name: "outrider_agents",
    help: "Agents of open deployments by state.",
    labelNames: ["deployment", "package", "version", "state"],
    registers,
  });
  const open = new Gauge({
    name: "outrider_deployments",
    help: "Deployments that are not over, by state.",
    labelNames: ["state"],
    registers,
  });
  const queue = (unit: "jobs" | "recipients", what: string): Gauge<"transport" | "state"> =>
    new Gauge({
      name: `outrider_queue_${unit}`,
      help: `${what} that wait, by transport: planned for later, due, or leased by a sender.`,
      labelNames: ["transport", "state"],
      registers,
    });
  const queues = { jobs: queue("jobs", "Jobs"), recipients: queue("recipients", "Recipients") };
  const transports = new Set<string>();
  const ready = new Gauge({
    name: "outrider_ready",
    help: "Does this part answer (1) or not (0)?",
    labelNames: ["part"],
    registers,
  });
  const trustVersion = new Gauge({
    name: "outrider_trust_version",
    help: "Version of the trust document in force.",
    registers,
  });
  const trustExpiry = new Gauge({
    name: "outrider_trust_expiry_timestamp_seconds",
    help: "When the trust document in force expires, seconds since 1970.",
    registers,
  });
  return async () => {
    const { checks, trust } = await readiness();
    for (const [part, found] of Object.entries(checks)) ready.set({ part }, found === "ok" ? 1 : 0);
    trustVersion.set(trust.version);
    trustExpiry.set(Date.parse(trust.expiresAt) / 1000);
    agents.reset();
    open.reset();
    for (const id of await deployments.list({ open: true })) {
      const progress = await deployments.progress(id);
      if (progress === undefined) continue;
      const { packageName, version } = progress.deployment;
      open.inc({ state: progress.state });
      for (const { counts } of progress.waves)
        for (const [state, value] of Object.entries(counts))
          agents.inc({ deployment: id, package: packageName, version, state }, value);
    }
    const depths = await deployments.queues(clock.now());
    for (const { transport } of depths) transports.add(transport);
    // What has been empty since it was asked last is zero, not unknown.
    for (const transport of transports)
      for (const state of queueStates) {
        const depth = depths.find((each) => each.transport === transport && each.state === state);
        queues.jobs.set({ transport, state }, depth?.jobs ?? 0);
        queues.recipients.set({ transport, state }, depth?.recipients ?? 0);
      }
  };
}
