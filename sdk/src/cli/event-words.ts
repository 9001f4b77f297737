/** A server's event as one sentence, for the log: what happened, to whom; the facts stand beside it. */
import type { ServerEvent } from "../server/index.ts";

type Of<Name extends ServerEvent["event"]> = Extract<ServerEvent, { readonly event: Name }>;

const words: { readonly [Name in ServerEvent["event"]]: (event: Of<Name>) => string } = {
  message: ({ kind, verdict, code }) =>
    `A ${kind === "trust" ? "trust document" : kind} was ${verdict}${code === undefined ? "" : `: ${code}`}.`,
  sent: ({ agent, outcome, transport }) => `${agent} ${sentWords[outcome]} by ${transport}.`,
  job: ({ recipients, transport, outcome }) =>
    `A job for ${recipients} by ${transport} was ${outcome === "booked" ? "done" : "lost to another process"}.`,
  returned: ({ agent, transport, action }) =>
    `What was sent to ${agent} by ${transport} came back as ${action}.`,
  receipt: ({ agent, state }) => `${agent} reported: ${state}.`,
  deployment: ({ kind, reason }) => `Deployment ${stepWords[kind]}: ${reason}`,
};

const sentWords: Readonly<Record<Of<"sent">["outcome"], string>> = {
  accepted: "was told",
  deferred: "will be told later",
  rejected: "could not be told",
  unknown: "was perhaps told",
};

const stepWords: Readonly<Record<Of<"deployment">["kind"], string>> = {
  approved: "approved",
  waveStarted: "begins a wave",
  silence: "waited in vain",
  waveReached: "has reached enough of a wave",
  waveFinished: "ends a wave",
  paused: "paused",
  resumed: "resumed",
  halted: "halted",
  recalled: "recalled",
  expired: "expired",
  finished: "finished",
};

/** The sentence. */
export function sentenceOf(event: ServerEvent): string {
  return (words[event.event] as (event: ServerEvent) => string)(event);
}
