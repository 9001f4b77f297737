/**
 * Figures for Prometheus (prom-client). Names of deployments are labels, names of agents never are. What the server
 * holds is asked when it is read; what happens is counted as it does. A registry of the server's own: nothing is
 * global.
 */
import { collectDefaultMetrics, Registry } from "prom-client";
import type { WatchedEvent } from "../../news/news.ts";
import { askedFigures, type AskedParts } from "./asked.ts";
import { countedFigures } from "./counted.ts";

/** What is measured. */
export interface Metrics {
  readonly contentType: string;
  /** The figures of this moment, in the text form. */
  text(): Promise<string>;
  /** A request was answered. */
  answered(request: AnsweredRequest): void;
  close(): Promise<void>;
}

/** A request, after its answer. */
export interface AnsweredRequest {
  readonly method: string;
  /** Its pattern, `/packages/:name`: never what somebody wrote. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** What measuring needs. */
export interface MetricsParts extends AskedParts {
  /** What all processes do from now on: each that answers tells the same of it. */
  readonly events: AsyncIterableIterator<WatchedEvent>;
}

/** Begins to count. */
export function openMetrics({ events, ...asked }: MetricsParts): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const ask = askedFigures(registry, asked);
  const counted = countedFigures(registry);
  const count = async (): Promise<void> => {
    for await (const watched of events) if ("event" in watched) counted.count(watched.event);
  };
  const counting = count();
  return {
    contentType: registry.contentType,
    async text() {
      await ask();
      return registry.metrics();
    },
    answered: (request) => counted.answered(request),
    async close() {
      await events.return?.();
      await counting;
      registry.clear();
    },
  };
}
