/**
 * Reads agents from JSON (an array, as in the server's configuration) or CSV, all or none: every fault is named with its
 * line before anything is taken.
 *
 * CSV (RFC 4180) has a header with `id`, and where needed `groups` (separated by blanks or semicolons), `email`, `unc`,
 * `stick` and `http` (yes or no), `key`, `encryptionKey`, and `fact.NAME` for facts.
 */
import { OutriderError } from "../../errors/index.ts";
import {
  findProblems,
  parseJsonText,
  validateServerConfig,
  type RegisteredAgent,
} from "../../schema/index.ts";
import { requireMailAddress } from "../audience.ts";
import { parseCsv } from "./csv.ts";

/** The schema takes this many at once; longer lists are held to it part by part. */
const partSize = 10_000;

/**
 * @param subject file that the text came from, for the error.
 * @throws DOCUMENT_INVALID naming the agent and what is wrong, ADDRESS_INVALID, and the codes of parseJson
 */
export function readAgents(
  text: string,
  format: "json" | "csv",
  subject: string,
): RegisteredAgent[] {
  const agents = format === "json" ? fromJson(text, subject) : fromCsv(text, subject);
  for (let at = 0; at < agents.length; at += partSize)
    check(agents.slice(at, at + partSize), at, subject);
  const checked = agents as RegisteredAgent[];
  requireDistinct(checked, subject);
  for (const { id, addresses } of checked)
    if (addresses.email !== undefined) requireMailAddress(addresses.email, id);
  return checked;
}

function fromJson(text: string, subject: string): unknown[] {
  const parsed = parseJsonText(text, subject);
  if (!Array.isArray(parsed)) throw invalid(subject, "is not a list of agents", "");
  return parsed;
}

function fromCsv(text: string, subject: string): unknown[] {
  const [header = [], ...rows] = Array.from(parseCsv([text], subject), ({ cells }) =>
    cells.map((value) => value.trim()),
  );
  const unknown = header.find(
    (name) => !/^(id|groups|email|unc|stick|http|key|encryptionKey|fact\..+)$/.test(name),
  );
  if (unknown !== undefined || !header.includes("id"))
    throw invalid(
      subject,
      unknown === undefined
        ? "has no column id"
        : `has a column ${JSON.stringify(unknown)}, which means nothing here`,
      "",
    );
  return rows.map((row) =>
    agentOf(Object.fromEntries(header.map((name, index) => [name, row[index] ?? ""]))),
  );
}

function agentOf(row: Readonly<Record<string, string>>): object {
  const facts = Object.entries(row)
    .filter(([name, value]) => name.startsWith("fact.") && value !== "")
    .map(([name, value]) => [name.slice("fact.".length), value] as const);
  const isSet = (name: string): boolean => /^(yes|true|1)$/i.test(row[name] ?? "");
  return {
    id: row["id"],
    groups: (row["groups"] ?? "").split(/[;\s]+/).filter((group) => group !== ""),
    addresses: {
      ...(row["email"] ? { email: row["email"] } : {}),
      ...(isSet("unc") ? { unc: true } : {}),
      ...(isSet("stick") ? { stick: true } : {}),
      ...(isSet("http") ? { http: true } : {}),
    },
    ...(facts.length === 0 ? {} : { facts: Object.fromEntries(facts) }),
    ...(row["key"] ? { key: row["key"] } : {}),
    ...(row["encryptionKey"] ? { encryptionKey: row["encryptionKey"] } : {}),
  };
}

/** Held to the same schema as the agents of a configuration file. */
function check(agents: readonly unknown[], offset: number, subject: string): void {
  const config = {
    dataDirectory: "-",
    trustFile: "-",
    key: { file: "-" },
    listen: { port: 0 },
    agents,
  };
  if (validateServerConfig(config)) return;
  const [problem] = findProblems(JSON.stringify(config), validateServerConfig, subject);
  const [index = "0", ...rest] = (problem?.pointer ?? "").split("/").slice(2);
  const number = Number(index) + offset;
  const pointer = ["", number, ...rest].join("/");
  const message = `${subject}: agent ${number + 1}${rest.length === 0 ? "" : `, ${rest.join("/")},`} ${problem?.message ?? "is not an agent"}.`;
  throw new OutriderError("DOCUMENT_INVALID", message, { subject, pointer });
}

function requireDistinct(agents: readonly RegisteredAgent[], subject: string): void {
  const seen = new Set<string>();
  for (const [index, { id }] of agents.entries()) {
    if (seen.has(id)) throw invalid(subject, `has agent ${id} twice`, `/${index}/id`);
    seen.add(id);
  }
}

function invalid(subject: string, what: string, pointer: string): OutriderError {
  return new OutriderError("DOCUMENT_INVALID", `${subject} ${what}.`, { subject, pointer });
}
