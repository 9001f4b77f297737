/** A server's event as one sentence, for the log: what happened, to whom; the facts stand beside it. */
import type { Receipt } from "../schema/index.ts";
import type { ServerEvent } from "../server/index.ts";

type Of<Name extends ServerEvent["event"]> = Extract<ServerEvent, { readonly event: Name }>;

const words: { readonly [Name in ServerEvent["event"]]: (event: Of<Name>) => string } = {
  message: ({ kind, verdict, code }) =>
    `A ${kind === "trust" ? "trust document" : kind} was ${verdict}${code === undefined ? "" : `: ${code}`}.`,
  sent: ({ agents, outcome, transport }) =>
    `${namesOf(agents)} ${(agents.length === 1 ? sentWord : sentWords)[outcome]} by ${transport}.`,
  job: ({ recipients, transport, outcome }) =>
    `A job for ${recipients} by ${transport} was ${outcome === "booked" ? "done" : "lost to another process"}.`,
  returned: ({ agent, transport, action }) =>
    `What was sent to ${agent} by ${transport} came back as ${action}.`,
  receipt: ({ agent, state, receipt }) => `${agent} reported: ${state}${reasonOf(receipt)}.`,
  deployment: ({ kind, reason }) => `Deployment ${stepWords[kind]}: ${reason}`,
};

type Outcome = Of<"sent">["outcome"];
const sentWord: Readonly<Record<Outcome, string>> = {
  accepted: "was told",
  deferred: "will be told later",
  rejected: "could not be told",
  unknown: "was perhaps told",
};
const sentWords: Readonly<Record<Outcome, string>> = {
  ...sentWord,
  accepted: "were told",
  unknown: "were perhaps told",
};

const mostNamed = 3;

/** The first few by name: a line with all of them is read by nobody. */
export function namesOf(agents: readonly string[]): string {
  const first = agents.slice(0, mostNamed).join(", ");
  return agents.length <= mostNamed ? first : `${first} and ${agents.length - mostNamed} more`;
}

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

/** A receipt was verified before it was told of; one that says nothing of why was of something that went well. */
function reasonOf(receipt: string): string {
  if (receipt === "") return "";
  const { code } = JSON.parse(receipt) as Pick<Receipt, "code">;
  return code === undefined ? "" : `, ${code}`;
}

/** How loud it is said: `warn` where somebody has to look, `debug` where all went as planned. */
export function levelOf(event: ServerEvent): "warn" | "info" | "debug" {
  if (event.event === "sent" && event.outcome === "accepted") return "debug";
  if (event.event === "sent") return event.outcome === "deferred" ? "info" : "warn";
  if (event.event === "message") return levelOfMessage(event);
  if (event.event === "receipt") return isLost(event.state) ? "warn" : "info";
  return event.event === "deployment" && event.kind === "paused" ? "warn" : "info";
}

function levelOfMessage({ verdict, code }: Of<"message">): "warn" | "info" | "debug" {
  // The server has said it, once for all of them.
  if (code === "RECEIPTS_TOO_MANY") return "debug";
  // Carriers bring things twice, a restored server reads its whole mailbox again.
  return verdict === "refused" && code !== "REPLAYED" ? "warn" : "info";
}

function isLost(state: Of<"receipt">["state"]): boolean {
  return state === "failed" || state === "rolledBack" || state === "refused";
}

/** The sentence. */
export function sentenceOf(event: ServerEvent): string {
  return (words[event.event] as (event: ServerEvent) => string)(event);
}
