/**
 * What happens, counted as it does: verdicts, recipients, jobs and their leases, receipts, bounces, steps, requests.
 */
import { Counter, Histogram, type Registry } from "prom-client";
import type { ServerEvent } from "../../news/events.ts";
import type { AnsweredRequest } from "./index.ts";

/** Where to count. */
export interface CountedFigures {
  count(event: ServerEvent): void;
  answered(request: AnsweredRequest): void;
}

/** From a trigger that is refused at once to a mail of 25 MB over a slow line. */
const buckets = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300];

/** Registers them. */
export function countedFigures(registry: Registry): CountedFigures {
  const registers = [registry];
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Counter<Label> => new Counter({ name, help, labelNames: [...labelNames], registers });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Histogram<Label> =>
    new Histogram({ name, help, labelNames: [...labelNames], buckets, registers });
  const messages = counter(
    "outrider_messages_total",
    "Triggers, controls, receipts and trust documents that came in, by verdict.",
    ["kind", "via", "verdict", "code"],
  );
  const judged = histogram(
    "outrider_message_seconds",
    "Time from a message's arrival to its verdict.",
    ["kind", "verdict"],
  );
  const sent = counter("outrider_sent_total", "Recipients handed to a transport, by outcome.", [
    "transport",
    "outcome",
  ]);
  const jobs = histogram("outrider_job_seconds", "Time from a job's claim until it was booked.", [
    "transport",
  ]);
  const lost = counter(
    "outrider_lease_losses_total",
    "Jobs whose lease lapsed while they were sent: somebody else has them.",
    ["transport"],
  );
  const receipts = counter("outrider_receipts_total", "Receipts that were counted, by state.", [
    "state",
  ]);
  const returned = counter("outrider_returned_total", "What carriers reported back, by action.", [
    "transport",
    "action",
  ]);
  const steps = counter("outrider_steps_total", "Steps of deployments, such as paused.", ["kind"]);
  const requests = histogram("outrider_http_request_seconds", "Requests, by route and status.", [
    "method",
    "route",
    "status",
  ]);
  return {
    count(event) {
      switch (event.event) {
        case "message": {
          const { kind, via, verdict, code = "", seconds } = event;
          messages.inc({ kind, via, verdict, code });
          if (seconds !== undefined) judged.observe({ kind, verdict }, seconds);
          return;
        }
        case "sent":
          return sent.inc(
            { transport: event.transport, outcome: event.outcome },
            event.agents.length,
          );
        case "job":
          if (event.outcome === "lost") lost.inc({ transport: event.transport });
          return jobs.observe({ transport: event.transport }, event.seconds);
        case "receipt":
          return receipts.inc({ state: event.state });
        case "returned":
          return returned.inc({ transport: event.transport, action: event.action });
        case "deployment":
          return steps.inc({ kind: event.kind });
        default:
          return event satisfies never;
      }
    },
    answered: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: String(status) }, seconds),
  };
}
