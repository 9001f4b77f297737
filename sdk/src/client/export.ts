/**
 * A deployment for those who have no access to its server: a table of every agent and of every entry of the audit log
 * about it, or a page that needs nothing else.
 */
import type { LedgerRow } from "../ledger/index.ts";
import type { AuditLine } from "../server/audit/entry.ts";
import type { Overview } from "./overview.ts";
import { countInstalled, stateShown } from "./reading.ts";
import { deploymentWords, inEnglish, reasonWords, type Say } from "./words.ts";

/** What is exported. */
export interface DeploymentRecords {
  readonly overview: Overview;
  readonly rows: readonly LedgerRow[];
  /** Entries about it, as the server gave them to this reader. */
  readonly audit: readonly AuditLine[];
}

/** In which language. */
export interface ExportWords {
  /** BCP 47; `en` unless given. */
  readonly language?: string;
  /** Says a sentence; in English unless given. */
  readonly t?: Say;
}

const columns = ["agent", "wave", "transport", "address", "state", "detail", "changedAt"] as const;
const auditColumns = ["at", "kind", "via", "verdict", "code", "sha256", "signers"] as const;

/**
 * Every agent as a line, then every audit entry, under a head (RFC 4180); `record` says which. A cell that a
 * spreadsheet would compute is quoted as text.
 */
export function deploymentCsv({ rows, audit }: Omit<DeploymentRecords, "overview">): string {
  const head = ["record", ...columns, ...auditColumns];
  const agents = rows.map((row) => ["agent", ...cellsOf(row), ...auditColumns.map(() => "")]);
  const entries = audit.map((line) => ["audit", ...columns.map(() => ""), ...entryOf(line)]);
  const lines = [head, ...agents, ...entries].map((cells) => cells.map(cell).join(","));
  return [...lines, ""].join("\r\n");
}

/** With members as they are or in words. */
type Shown<T, Name extends keyof T> = Omit<T, Name> & Readonly<Record<Name, string>>;

function cellsOf(row: Shown<LedgerRow, "state">): string[] {
  return columns.map((name) => (name === "wave" ? String(row.wave + 1) : row[name]));
}

function entryOf({
  at,
  code = "",
  kind,
  sha256,
  signers = [],
  verdict,
  via,
}: Shown<AuditLine, "kind" | "verdict">): string[] {
  return [at, kind, via, verdict, code, sha256, signers.join(" ")];
}

/**
 * A leading =, +, -, @ makes a spreadsheet run what an agent's transport said; so do they after a semicolon, a tab or a
 * line end, at which spreadsheets of other languages cut this very line.
 */
function cell(text: string): string {
  const safe = text.replaceAll(
    /(^|[;\t\r\n])([ \t\r\n]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g,
    "$1'$2",
  );
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The whole as one page: no script, no picture from elsewhere. */
export function deploymentHtml(
  { overview, rows, audit }: DeploymentRecords,
  { language = "en", t = inEnglish }: ExportWords = {},
): string {
  const { shown, transports, failures, events } = overview;
  const { deployment, reason, waves } = shown;
  const { installed, agents } = countInstalled(shown);
  const words = deploymentWords(t);
  const standing = stateShown(shown);
  const why = reasonWords(reason, t);
  const title = `${deployment.packageName} ${deployment.version}`;
  const facts = [
    [
      t("State"),
      [words.deployment[standing] ?? standing, why].filter((part) => part !== "").join(": "),
    ],
    [t("Installed"), `${installed} / ${agents}`],
    [t("Deployment"), deployment.id],
    [t("Accepted"), deployment.acceptedAt],
    ...(deployment.notBefore === undefined ? [] : [[t("Not before"), deployment.notBefore]]),
  ];
  return `<!doctype html>
<html lang="${escape(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8888; text-align: left; overflow-wrap: anywhere; }
</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<dl>${facts.map(([name = "", value = ""]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join("")}</dl>
${section(
  t("Waves"),
  [t("Wave"), t("State"), t("Agents"), t("Installed")],
  waves.map((wave, at) => [
    deployment.waves[at]?.name ?? String(at + 1),
    words.wave[wave.state] ?? wave.state,
    String(deployment.waves[at]?.size ?? ""),
    String(wave.counts.installed),
  ]),
)}
${section(
  t("How far each transport got"),
  [t("Transport"), t("planned"), t("sent"), t("received"), t("installed"), t("lost")],
  transports.map((funnel) => [
    funnel.transport,
    ...[funnel.planned, funnel.sent, funnel.received, funnel.installed, funnel.lost].map(String),
  ]),
)}
${section(
  t("What went wrong"),
  [t("Code"), t("Agents")],
  failures.map(({ code, count }) => [code, String(count)]),
)}
${section(
  t("What happened"),
  [t("Time"), t("Step"), t("Reason")],
  events.map(({ at, kind, wave, reason }) => [
    at,
    // A word of a server that is newer than this stands as it is.
    (words.event[kind] ?? kind).replace("{0}", () => nameOf(deployment.waves, wave)),
    reasonWords(reason, t),
  ]),
)}
${section(
  t("Agents"),
  [t("Agent"), t("Wave"), t("Transport"), t("Address"), t("State"), t("Detail"), t("Time")],
  rows.map((row) => cellsOf({ ...row, state: words.agent[row.state] ?? row.state })),
)}
${section(
  t("Audit log"),
  [t("Time"), t("Message"), t("Came by"), t("Result"), t("Code"), "SHA-256", t("Signed by")],
  audit.map(({ kind, verdict, ...line }) =>
    entryOf({
      ...line,
      kind: words.message[kind] ?? kind,
      verdict: words.verdict[verdict] ?? verdict,
    }),
  ),
)}
</main>
</body>
</html>
`;
}

function nameOf(waves: readonly { readonly name: string }[], wave: number | undefined): string {
  return wave === undefined ? "" : (waves[wave]?.name ?? String(wave + 1));
}

function section(
  heading: string,
  names: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const head = names.map((name) => `<th scope="col">${escape(name)}</th>`).join("");
  const body = rows
    .map((cells) => `<tr>${cells.map((text) => `<td>${escape(text)}</td>`).join("")}</tr>`)
    .join("\n");
  return `<h2>${escape(heading)}</h2>
<table><thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody></table>`;
}

function escape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? "");
}
