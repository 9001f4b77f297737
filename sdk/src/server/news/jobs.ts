/**
 * What watchers are told of a job that was carried out: the job, and what became of its recipients, whoever fared alike
 * in one event. Of a job that was lost to another process nothing more is told: that one tells it.
 */
import type { ClaimedJob } from "../../ledger/index.ts";
import type { DeliveryOutcome } from "../../transport/index.ts";
import type { JobEvent, SentEvent } from "./events.ts";

/** A job, carried out. */
export interface DoneJob {
  readonly at: Date;
  readonly outcomes: readonly DeliveryOutcome[];
  readonly took: Pick<JobEvent, "seconds" | "sendingSeconds">;
  readonly isBooked: boolean;
}

/** So that no event is large: those who watch keep some thousands. */
const mostTogether = 100;

/** The job's own event first. */
export function newsOf(
  { deployment: { id: deployment }, wave, transport, recipients }: ClaimedJob,
  { at: moment, outcomes, took, isBooked }: DoneJob,
): (JobEvent | SentEvent)[] {
  const facts = { at: moment.toISOString(), deployment, wave, transport };
  const job: JobEvent = {
    event: "job",
    ...facts,
    recipients: recipients.length,
    ...took,
    outcome: isBooked ? "booked" : "lost",
  };
  if (!isBooked) return [job];
  const sent: SentEvent[] = [];
  const alike = new Map<string, string[]>();
  for (const { agent, outcome, detail } of outcomes) {
    const words = `${outcome} ${detail}`;
    let agents = alike.get(words);
    if (agents === undefined || agents.length === mostTogether) {
      alike.set(words, (agents = []));
      sent.push({ event: "sent", ...facts, agents, outcome, detail });
    }
    agents.push(agent);
  }
  return [job, ...sent];
}
