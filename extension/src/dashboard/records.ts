/** What came back and what happened: failures, receipts, events, entries of the audit log, as tables. */
import { element, table } from "./element.ts";
import { filled } from "./filled.ts";
import type { PageParts } from "./messages.ts";

/** Why machines have not got it; each code opens those whom it met. */
export function failuresOf({ overview: { failures }, words, send }: PageParts): HTMLElement {
  if (failures.length === 0) return element("p", {}, words["noFailures"]);
  const opener = (code: string): HTMLElement => {
    const made = element(
      "button",
      { class: "text", "data-action": `code ${code}`, title: words["showAgents"] ?? "" },
      code,
    );
    made.addEventListener("click", () => send({ kind: "retry", code }));
    return made;
  };
  return table(
    words["failures"] ?? "",
    [words["code"] ?? "", words["count"] ?? "", words["agent"] ?? ""],
    failures.map(({ code, count, agents }) => [
      opener(code),
      String(count),
      agents.join(", ") + (count > agents.length ? ", …" : ""),
    ]),
  );
}

/** What machines said last. */
export function receiptsOf({ overview, words }: PageParts): HTMLElement {
  const { receipts, shown } = overview;
  const isOldNews = ({ state, before }: (typeof receipts)[number]): boolean =>
    state === "installed" && before === shown.deployment.version;
  if (receipts.length === 0) return element("p", {}, words["noReceipts"]);
  return table(
    words["receipts"] ?? "",
    ["agent", "result", "transport", "obtainer", "bytes", "duration", "at"].map(
      (key) => words[key] ?? "",
    ),
    receipts.map((receipt) => [
      receipt.agent,
      [words[`agent.${receipt.state}`], receipt.code].filter(Boolean).join(" "),
      receipt.transport ?? "",
      receipt.obtainer ?? (isOldNews(receipt) ? words["hadIt"] : undefined) ?? "",
      receipt.bytes?.toLocaleString() ?? "",
      receipt.durationMs === undefined ? "" : `${(receipt.durationMs / 1000).toFixed(1)} s`,
      timeOf(receipt.at),
    ]),
  );
}

/** What the server says in English of these is what their words say. */
const selfExplaining: ReadonlySet<string> = new Set([
  "finished",
  "waveFinished",
  "waveReached",
  "waveStarted",
]);

/** What the deployment went through. */
export function eventsOf({ overview: { events, shown }, words }: PageParts): HTMLElement {
  if (events.length === 0) return element("p", {}, words["noEvents"]);
  return table(
    words["events"] ?? "",
    [words["at"] ?? "", words["step"] ?? "", words["reason"] ?? ""],
    events.map(({ at, kind, wave, reason }) => [
      timeOf(at),
      // A word of a server that is newer than this editor stands as it is.
      filled(words[`event.${kind}`] ?? kind, nameOf(shown.deployment.waves, wave)),
      selfExplaining.has(kind) ? "" : reason,
    ]),
  );
}

/** What came to the server about it, good or bad. */
export function auditOf({ audit, words }: PageParts): HTMLElement {
  if (audit.length === 0) return element("p", {}, words["noEvents"]);
  return table(
    words["audit"] ?? "",
    ["at", "message", "via", "result", "code", "signers"].map((key) => words[key] ?? ""),
    audit.map(({ at, kind, via, verdict, code, signers }) => [
      timeOf(at),
      words[`message.${kind}`] ?? kind,
      via,
      words[`verdict.${verdict}`] ?? verdict,
      code ?? "",
      (signers ?? []).map((fingerprint) => fingerprint.slice(-16)).join(", "),
    ]),
  );
}

function nameOf(waves: readonly { readonly name: string }[], wave: number | undefined): string {
  return wave === undefined ? "" : waves[wave]?.name || String(wave + 1);
}

/** On this machine's clock, as its reader writes it. */
export function timeOf(timestamp: string): string {
  return new Date(timestamp).toLocaleString();
}
