/** What stands on the page: head, waves, funnel, failures, receipts, events, audit entries, in that order. */
import type { Overview } from "@outrider/sdk/client";
import type { LedgerState } from "@outrider/sdk/ledger";
import { bar, type Part } from "./bars.ts";
import { element, table } from "./element.ts";
import { filled } from "./filled.ts";
import type { FromDashboard, PageParts } from "./messages.ts";
import { auditOf, eventsOf, failuresOf, receiptsOf, timeOf } from "./records.ts";

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
    onlyOf(parts),
    section(parts.words["funnel"], funnelOf(parts)),
    section(parts.words["failures"], failuresOf(parts)),
    section(parts.words["receipts"], receiptsOf(parts)),
    section(parts.words["events"], eventsOf(parts)),
    section(parts.words["audit"], auditOf(parts)),
  ];
}

/** Says that what follows is of one wave alone. */
function onlyOf({ overview: { shown }, words, wave }: PageParts): HTMLElement {
  const name = wave === undefined ? "" : (shown.deployment.waves[wave]?.name ?? String(wave + 1));
  const text = wave === undefined ? undefined : `${words["onlyOf"]} ${name}`;
  return element("p", { class: "only", role: "status" }, text);
}

function section(heading: string | undefined, content: HTMLElement): HTMLElement {
  return element("section", {}, element("h2", {}, heading), content);
}

function headOf({ overview, server, isOnline, sendsFrom, words, send }: PageParts): HTMLElement {
  const { deployment, state, recalled, reason, waves } = overview.shown;
  const { failures } = overview;
  const retry = element("button", { class: "quiet", "data-action": "retry" }, words["retry"]);
  retry.addEventListener("click", () => send({ kind: "retry" }));
  const count = (name: LedgerState): number =>
    waves.reduce((sum, { counts }) => sum + counts[name], 0);
  const agents = deployment.waves.reduce((sum, { size }) => sum + size, 0);
  const button = (action: (FromDashboard & { kind: "order" })["action"]): HTMLElement => {
    const look = leads.has(action) ? {} : { class: "quiet" };
    const made = element("button", { "data-action": action, ...look }, words[action]);
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
      element(
        "strong",
        { class: `badge ${state}` },
        words[`state.${recalled === true ? "recalled" : state}`],
      ),
      ` ${filled(words["installedOf"], count("installed"), agents)} · ${server}`,
    ),
    reason === "" ? undefined : element("p", { class: "reason" }, reason),
    sendsFrom === undefined
      ? undefined
      : element("p", { class: "waits" }, filled(words["notBefore"], timeOf(sendsFrom))),
    isOnline ? undefined : element("p", { class: "offline", role: "alert" }, words["offline"]),
    element(
      "p",
      { class: "orders" },
      ...(recalled === true ? [] : ordersFor(state).map(button)),
      failures.length === 0 ? undefined : retry,
      exporter("html", words["exportHtml"]),
      exporter("csv", words["exportCsv"]),
    ),
  );
}

type Order = (FromDashboard & { kind: "order" })["action"];

/** What takes a deployment further; what stops or undoes it never looks like the thing to do. */
const leads: ReadonlySet<Order> = new Set(["approve", "resume"]);

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

function wavesOf({
  overview: { shown },
  sendsFrom,
  words,
  wave: only,
  send,
}: PageParts): HTMLElement {
  const next = shown.waves.findIndex(({ state }) => state !== "finished");
  const rows = shown.waves.map(({ counts, state }, at) => {
    const { name, size } = shown.deployment.waves[at] ?? { name: String(at + 1), size: 0 };
    const parts = order.map((key) => partOf(key, counts[key], words[`agent.${key}`]));
    const label = parts
      .filter(({ count }) => count > 0)
      .map((part) => part.label)
      .join(", ");
    const installed = filled(words["installedOf"], counts.installed, size);
    const picture = bar(parts, size, label === "" ? installed : label);
    const chooser = element(
      "button",
      {
        class: "text",
        "data-action": `wave ${at}`,
        "aria-pressed": String(only === at),
        title: words[only === at ? "allWaves" : "onlyWave"] ?? "",
      },
      name,
    );
    chooser.addEventListener("click", () =>
      send({ kind: "wave", ...(only === at ? {} : { wave: at }) }),
    );
    const standing =
      sendsFrom !== undefined && at === next && state === "waiting"
        ? filled(words["waitsUntil"], timeOf(sendsFrom))
        : (words[`wave.${state}`] ?? "");
    return [chooser, picture, installed, standing];
  });
  return table(
    words["waves"] ?? "",
    ["wave", "progress", "result", "state"].map((key) => words[key] ?? ""),
    rows,
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
        partOf("installed", funnel.installed, words["agent.installed"]),
        partOf("received", funnel.received - funnel.installed, words["agent.received"]),
        partOf("sent", funnel.sent - funnel.received - funnel.lost, words["agent.sent"]),
        partOf("lost", funnel.lost, words["lost"]),
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

function partOf(name: Part["name"], count: number, word = ""): Part {
  return { name, count, label: `${word}: ${count}` };
}
