/**
 * Figures for Prometheus (prom-client). Names of deployments are labels, names of agents never are. What the server holds
 * is asked when it is read; what happens is counted as it does. A registry of the server's own: nothing is global.
 */
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { DeploymentStore } from "../../ledger/index.ts";
import type { ServerEvent } from "../events.ts";

/** What is measured. */
export interface Metrics {
  readonly contentType: string;
  /** The figures of this moment, in the text form. */
  text(): Promise<string>;
  close(): Promise<void>;
}

/** What measuring needs. */
export interface MetricsParts {
  readonly deployments: Pick<DeploymentStore, "list" | "progress">;
  /** What happens from now on. */
  readonly events: AsyncIterableIterator<ServerEvent>;
}

/** Begins to count. */
export function openMetrics({ deployments, events }: MetricsParts): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
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
  const messages = new Counter({
    name: "outrider_messages_total",
    help: "Triggers, controls, receipts and trust documents that came in, by verdict.",
    labelNames: ["kind", "via", "verdict", "code"],
    registers,
  });
  const sent = new Counter({
    name: "outrider_sent_total",
    help: "Recipients handed to a transport, by outcome.",
    labelNames: ["transport", "outcome"],
    registers,
  });
  const count = async (): Promise<void> => {
    for await (const event of events)
      if (event.event === "sent") sent.inc({ transport: event.transport, outcome: event.outcome });
      else if (event.event === "message") {
        const { kind, via, verdict, code = "" } = event;
        messages.inc({ kind, via, verdict, code });
      }
  };
  const counting = count();
  return {
    contentType: registry.contentType,
    async text() {
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
      return registry.metrics();
    },
    async close() {
      await events.return?.();
      await counting;
      registry.clear();
    },
  };
}
