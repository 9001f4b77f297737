/** A deployment for those who have no access to its server: a table of every agent, or a page that needs nothing else. */
import type { LedgerRow } from "../ledger/index.ts";
import type { Overview } from "./overview.ts";
import { countInstalled } from "./reading.ts";

const columns = ["agent", "wave", "transport", "address", "state", "detail", "changedAt"] as const;

/** Every agent as a line, under a head (RFC 4180). A cell that a spreadsheet would compute is quoted as text. */
export function deploymentCsv(rows: readonly LedgerRow[]): string {
  const lines = rows.map((row) =>
    columns.map((name) => cell(name === "wave" ? String(row.wave + 1) : row[name])).join(","),
  );
  return [columns.join(","), ...lines, ""].join("\r\n");
}

/** A leading =, +, -, @ makes a spreadsheet run what an agent's transport said. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The whole as one page: no script, no picture from elsewhere. */
export function deploymentHtml(overview: Overview, rows: readonly LedgerRow[]): string {
  const { shown, transports, failures, events } = overview;
  const { deployment, state, reason, waves } = shown;
  const { installed, agents } = countInstalled(shown);
  const title = `${deployment.packageName} ${deployment.version}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escape(title)}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8888; text-align: left; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>${escape(title)}</h1>
<p><strong>${escape(state)}</strong>${reason === "" ? "" : `: ${escape(reason)}`}; ${installed} of ${agents} installed. Deployment ${escape(deployment.id)}, accepted ${escape(deployment.acceptedAt)}.</p>
${section(
  "Waves",
  ["wave", "state", "agents", "installed"],
  waves.map((wave, at) => [
    deployment.waves[at]?.name ?? String(at + 1),
    wave.state,
    String(deployment.waves[at]?.size ?? ""),
    String(wave.counts.installed),
  ]),
)}
${section(
  "Transports",
  ["transport", "planned", "sent", "received", "installed", "lost"],
  transports.map((funnel) => [
    funnel.transport,
    ...[funnel.planned, funnel.sent, funnel.received, funnel.installed, funnel.lost].map(String),
  ]),
)}
${section(
  "Failures",
  ["code", "agents"],
  failures.map(({ code, count }) => [code, String(count)]),
)}
${section(
  "Events",
  ["at", "event", "reason"],
  events.map((event) => [event.at, event.kind, event.reason]),
)}
${section(
  "Agents",
  columns,
  rows.map((row) => columns.map((name) => (name === "wave" ? String(row.wave + 1) : row[name]))),
)}
</body>
</html>
`;
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
  return `<h2>${heading}</h2>
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
