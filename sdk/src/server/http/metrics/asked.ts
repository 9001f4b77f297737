/** What the server holds, asked when somebody reads: open deployments, what waits, readiness and trust. */
import { Gauge, type Registry } from "prom-client";
import type { DeploymentStore } from "../../../ledger/index.ts";
import type { Readiness } from "../../readiness.ts";

/** Who is asked. */
export interface AskedParts {
  readonly deployments: Pick<DeploymentStore, "list" | "progress">;
  readonly readiness: () => Promise<Readiness>;
}

/** Registers them. @returns what brings them up to date */
export function askedFigures(
  registry: Registry,
  { deployments, readiness }: AskedParts,
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
  const waiting = new Gauge({
    name: "outrider_queue_recipients",
    help: "Recipients of waves under way that were not handed to a transport yet.",
    registers,
  });
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
    let queued = 0;
    for (const id of await deployments.list({ open: true })) {
      const progress = await deployments.progress(id);
      if (progress === undefined) continue;
      const { packageName, version } = progress.deployment;
      open.inc({ state: progress.state });
      for (const { counts, state: wave } of progress.waves) {
        if (wave === "running") queued += counts.planned ?? 0;
        for (const [state, value] of Object.entries(counts))
          agents.inc({ deployment: id, package: packageName, version, state }, value);
      }
    }
    waiting.set(queued);
  };
}
