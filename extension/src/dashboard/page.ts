/** What stands on the page: head, waves, funnel, failures, receipts, events, in that order. */
import type { Overview } from "@outrider/sdk/client";
import type { LedgerState } from "@outrider/sdk/ledger";
import { bar, type Part } from "./bars.ts";
import { element, table } from "./element.ts";
import type { FromDashboard, Words } from "./messages.ts";

/** What the page is made of. */
export interface PageParts {
  readonly overview: Overview;
  readonly server: string;
  readonly isOnline: boolean;
  readonly words: Words;
  readonly send: (message: FromDashboard) => void;
}

const order: readonly LedgerState[] = [
  "installed",
  "received",
  "sent",
  "noAnswer",
  "rolledBack",
  "refused",
  "failed",
];

/** The whole page. */
export function pageOf(parts: PageParts): HTMLElement[] {
  return [
    headOf(parts),
    section(parts.words["waves"], wavesOf(parts)),
    section(parts.words["funnel"], funnelOf(parts)),
    section(parts.words["failures"], failuresOf(parts)),
    section(parts.words["receipts"], receiptsOf(parts)),
    section(parts.words["events"], eventsOf(parts)),
  ];
}

function section(heading: string | undefined, content: HTMLElement): HTMLElement {
  return element("section", {}, element("h2", {}, heading), content);
}

function headOf({ overview, server, isOnline, words, send }: PageParts): HTMLElement {
  const { deployment, state, reason, waves } = overview.shown;
  const count = (name: LedgerState): number =>
    waves.reduce((sum, { counts }) => sum + counts[name], 0);
  const agents = deployment.waves.reduce((sum, { size }) => sum + size, 0);
  const button = (action: (FromDashboard & { kind: "order" })["action"]): HTMLElement => {
    const made = element("button", { "data-action": action }, words[action]);
    made.addEventListener("click", () => send({ kind: "order", action }));
    return made;
  };
  const exporter = (format: "html" | "csv", word: string | undefined): HTMLElement => {
    const made = element("button", { class: "quiet", "data-export": format }, word);
    made.addEventListener("click", () => send({ kind: "export", format }));
    return made;
  };
  return element(
    "header",
    {},
    element("h1", {}, `${deployment.packageName} ${deployment.version}`),
    element(
      "p",
      { class: "state", role: "status" },
      element("strong", { class: `badge ${state}` }, words[`state.${state}`]),
      ` ${filled(words["installedOf"], count("installed"), agents)} · ${server}`,
    ),
    reason === "" ? undefined : element("p", { class: "reason" }, reason),
    isOnline ? undefined : element("p", { class: "offline", role: "alert" }, words["offline"]),
    element(
      "p",
      { class: "orders" },
      ...ordersFor(state).map(button),
      exporter("html", words["exportHtml"]),
      exporter("csv", words["exportCsv"]),
    ),
  );
}

type Order = (FromDashboard & { kind: "order" })["action"];

function ordersFor(state: Overview["shown"]["state"]): readonly Order[] {
  const orders: Readonly<Record<typeof state, readonly Order[]>> = {
    waiting: ["approve", "halt", "recall"],
    running: ["pause", "halt", "recall"],
    paused: ["resume", "halt", "recall"],
    finished: ["recall"],
    halted: ["recall"],
  };
  return orders[state];
}

function wavesOf({ overview: { shown }, words }: PageParts): HTMLElement {
  const rows = shown.waves.map(({ counts, state }, at) => {
    const { name, size } = shown.deployment.waves[at] ?? { name: String(at + 1), size: 0 };
    const parts = order.map((key): Part => ({
      name: key,
      count: counts[key],
      label: `${words[`agent.${key}`]}: ${counts[key]}`,
    }));
    const label = parts
      .filter(({ count }) => count > 0)
      .map((part) => part.label)
      .join(", ");
    const installed = filled(words["installedOf"], counts.installed, size);
    const picture = bar(parts, size, label === "" ? installed : label);
    return [name, picture, installed, words[`wave.${state}`] ?? ""];
  });
  return element(
    "div",
    {},
    table(
      words["waves"] ?? "",
      ["wave", "progress", "result", "state"].map((key) => words[key] ?? ""),
      rows,
    ),
    legendOf(words),
  );
}

function legendOf(words: Words): HTMLElement {
  return element(
    "ul",
    { class: "legend" },
    ...order.map((state) =>
      element(
        "li",
        {},
        element("span", { class: `swatch ${state}`, "aria-hidden": "true" }),
        words[`agent.${state}`],
      ),
    ),
  );
}

function funnelOf({ overview: { transports }, words }: PageParts): HTMLElement {
  const steps = ["planned", "sent", "received", "installed"] as const;
  return table(
    words["funnel"] ?? "",
    [
      words["transport"] ?? "",
      ...steps.map((step) => words[`agent.${step}`] ?? ""),
      words["lost"] ?? "",
      words["progress"] ?? "",
    ],
    transports.map((funnel) => {
      const parts: Part[] = [
        { name: "installed", count: funnel.installed, label: `${words["agent.installed"]}` },
        {
          name: "received",
          count: funnel.received - funnel.installed,
          label: `${words["agent.received"]}`,
        },
        {
          name: "sent",
          count: funnel.sent - funnel.received - funnel.lost,
          label: `${words["agent.sent"]}`,
        },
        { name: "lost", count: funnel.lost, label: `${words["lost"]}` },
      ];
      const label = `${funnel.transport}: ${filled(words["installedOf"], funnel.installed, funnel.planned)}`;
      return [
        funnel.transport,
        ...steps.map((step) => String(funnel[step])),
        String(funnel.lost),
        bar(parts, funnel.planned, label),
      ];
    }),
  );
}

function failuresOf({ overview: { failures }, words }: PageParts): HTMLElement {
  if (failures.length === 0) return element("p", {}, words["noFailures"]);
  return table(
    words["failures"] ?? "",
    [words["code"] ?? "", words["count"] ?? "", words["agent"] ?? ""],
    failures.map(({ code, count, agents }) => [
      code,
      String(count),
      agents.join(", ") + (count > agents.length ? ", …" : ""),
    ]),
  );
}

function receiptsOf({ overview: { receipts }, words }: PageParts): HTMLElement {
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
      receipt.obtainer ?? "",
      receipt.bytes?.toLocaleString() ?? "",
      receipt.durationMs === undefined ? "" : `${(receipt.durationMs / 1000).toFixed(1)} s`,
      timeOf(receipt.at),
    ]),
  );
}

function eventsOf({ overview: { events }, words }: PageParts): HTMLElement {
  if (events.length === 0) return element("p", {}, words["noEvents"]);
  return table(
    words["events"] ?? "",
    [words["at"] ?? "", words["step"] ?? "", words["reason"] ?? ""],
    events.map(({ at, kind, wave, reason }) => [
      timeOf(at),
      wave === undefined ? kind : `${kind} ${wave + 1}`,
      reason,
    ]),
  );
}

function timeOf(timestamp: string): string {
  return new Date(timestamp).toLocaleString();
}

function filled(text: string | undefined, ...values: readonly number[]): string {
  return (text ?? "").replace(/\{(\d)\}/g, (_whole, at: string) =>
    String(values[Number(at)] ?? ""),
  );
}
