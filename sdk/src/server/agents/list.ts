/**
 * Lists of agents as people have them: JSON as in the server's configuration, or a table whose first row names its
 * columns. A table is read row by row: it may have millions of them. Every agent is held to the schema of the
 * configuration, and every fault is named with its place.
 *
 * Columns of a table (RFC 4180): `id`; `groups`, separated by blanks or semicolons; `email`; `unc`, `stick` and `http`,
 * yes or empty; `key`; `encryptionKey`; any other is a fact.
 */
import { OutriderError } from "../../errors/index.ts";
import {
  locatePointer,
  parseJsonText,
  positionAt,
  readDocumentText,
  validateServerConfig,
  type RegisteredAgent,
} from "../../schema/index.ts";
import { requireMailAddress } from "../audience/reach.ts";
import { parseCsv } from "./csv.ts";
import { IdNumbers } from "./distinct-ids.ts";

/**
 * A whole list, in which nobody stands twice.
 *
 * @param file that the text came from, for the error.
 * @throws DOCUMENT_INVALID naming the place and what is wrong, ADDRESS_INVALID, and the codes of parseJson
 */
export function readAgents(text: string, format: "json" | "csv", file: string): RegisteredAgent[] {
  const ids = new IdNumbers();
  const agents = format === "json" ? agentsInJson(text, file) : agentsInTable([text], file);
  const noted = [...ids.noting(agents)];
  ids.requireDistinct(noted, file);
  return noted;
}

/** @throws DOCUMENT_INVALID naming the place and what is wrong, ADDRESS_INVALID, and the codes of parseJson */
export function agentsInJson(text: string, file: string): RegisteredAgent[] {
  const list = parseJsonText(text, file);
  if (!Array.isArray(list))
    throw invalid(file, { pointer: "", line: 1, column: 1 }, "a list of agents is needed.");
  return list.map((entry: unknown, at) =>
    checkAgent(entry, file, (pointer) => {
      const whole = `/${at}${pointer}`;
      return { pointer: whole, ...positionAt(text, locatePointer(text, whole)) };
    }),
  );
}

/** Agent by agent, from text in pieces of any length. @throws DOCUMENT_INVALID naming the place, ADDRESS_INVALID */
export function* agentsInTable(pieces: Iterable<string>, file: string): Generator<RegisteredAgent> {
  let columns: readonly string[] | undefined;
  for (const { line, cells } of parseCsv(pieces, file)) {
    if (columns === undefined) {
      columns = cells.map((name) => name.trim());
      if (!columns.includes("id"))
        throw invalid(file, { pointer: "", line, column: 1 }, "the table has no column id.");
      continue;
    }
    const facts: Record<string, string> = {};
    const addresses: Record<string, string | boolean> = {};
    const agent: Record<string, unknown> = { groups: [], addresses };
    for (const [at, name] of columns.entries()) {
      const value = cells[at]?.trim() ?? "";
      if (value === "") continue;
      if (["id", "key", "encryptionKey"].includes(name)) agent[name] = value;
      else if (name === "groups") agent["groups"] = value.split(/[\s;]+/);
      else if (name === "email") addresses["email"] = value;
      else if (name === "unc" || name === "stick" || name === "http")
        addresses[name] = /^(?:yes|true|1)$/i.test(value);
      else facts[name] = value;
    }
    if (Object.keys(facts).length > 0) agent["facts"] = facts;
    yield checkAgent(agent, file, (pointer) => ({ pointer, line, column: 1 }));
  }
}

interface Place {
  readonly pointer: string;
  readonly line: number;
  readonly column: number;
}

/** The schema knows agents only as part of a server's configuration. */
function checkAgent(
  entry: unknown,
  file: string,
  placeOf: (pointer: string) => Place,
): RegisteredAgent {
  const frame = { dataDirectory: "-", trustFile: "-", key: { file: "-" }, listen: { port: 0 } };
  const config: unknown = { ...frame, agents: [entry] };
  if (validateServerConfig(config)) return reachable(entry as RegisteredAgent);
  const text = JSON.stringify(config);
  try {
    const [agent] = readDocumentText(text, validateServerConfig, file).agents ?? [];
    if (agent !== undefined) return agent;
    throw new Error("an agent that is valid is there");
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    const place = placeOf((error.pointer ?? "").replace(/^\/agents\/0/, ""));
    const what = error.message.replace(/^.*?:\d+:\d+: \S+ /, "");
    throw invalid(file, place, `${place.pointer} ${what}`, error);
  }
}

/** The schema knows what an address looks like, not whether mail systems could take it for another. */
function reachable(agent: RegisteredAgent): RegisteredAgent {
  if (agent.addresses.email !== undefined) requireMailAddress(agent.addresses.email, agent.id);
  return agent;
}

function invalid(
  file: string,
  { pointer, line, column }: Place,
  what: string,
  cause?: OutriderError,
): OutriderError {
  return new OutriderError("DOCUMENT_INVALID", `${file}:${line}:${column}: ${what}`, {
    subject: file,
    pointer,
    position: { line, column },
    cause,
  });
}
