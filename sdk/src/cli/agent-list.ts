/**
 * Lists of agents as people have them: JSON as in the server's configuration, or a table whose first row names its columns.
 * A table is read row by row, and anew each time it is gone through: it may have millions of them.
 */
import { stat } from "node:fs/promises";
import { OutriderError } from "../errors/index.ts";
import { followPath, readFileText } from "../release/files.ts";
import { textPieces } from "../release/pieces.ts";
import {
  locatePointer,
  parseJsonText,
  positionAt,
  readDocumentText,
  validateServerConfig,
  type RegisteredAgent,
} from "../schema/index.ts";
import { parseCsv } from "../server/agents/csv.ts";
import type { Terminal } from "./io.ts";

/** The list in a file, by its name. What goes through it may throw DOCUMENT_INVALID naming the place, and as reading does. */
export async function openAgentList(
  terminal: Terminal,
  file: string,
): Promise<Iterable<RegisteredAgent>> {
  if (!file.toLowerCase().endsWith(".csv"))
    return readJson(await readFileText(terminal, file), file);
  // What is no file, such as a pipe, can be read once.
  const isFile = (await stat(await followPath(terminal, file))).isFile();
  const pieces = isFile ? textPieces(terminal, file) : [await readFileText(terminal, file)];
  return { [Symbol.iterator]: () => readTable(pieces, file) };
}

function readJson(text: string, file: string): RegisteredAgent[] {
  const list = parseJsonText(text, file);
  if (!Array.isArray(list))
    throw new OutriderError("DOCUMENT_INVALID", `${file}:1:1: a list of agents is needed.`, {
      subject: file,
      pointer: "",
      position: { line: 1, column: 1 },
    });
  return list.map((entry: unknown, at) =>
    checkAgent(entry, file, (pointer) => {
      const whole = `/${at}${pointer}`;
      return { pointer: whole, ...positionAt(text, locatePointer(text, whole)) };
    }),
  );
}

/** Columns with a meaning of their own; any other is a fact. */
function* readTable(pieces: Iterable<string>, file: string): Generator<RegisteredAgent> {
  let columns: readonly string[] | undefined;
  for (const { line, cells } of parseCsv(pieces, file)) {
    if (columns === undefined) {
      columns = cells.map((name) => name.trim());
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
        addresses[name] = value === "yes";
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
  if (validateServerConfig(config)) return entry as RegisteredAgent;
  const text = JSON.stringify(config);
  try {
    const [agent] = readDocumentText(text, validateServerConfig, file).agents ?? [];
    if (agent !== undefined) return agent;
    throw new Error("an agent that is valid is there");
  } catch (error) {
    if (!(error instanceof OutriderError)) throw error;
    const { pointer, line, column } = placeOf((error.pointer ?? "").replace(/^\/agents\/0/, ""));
    const what = error.message.replace(/^.*?:\d+:\d+: \S+ /, "");
    throw new OutriderError("DOCUMENT_INVALID", `${file}:${line}:${column}: ${pointer} ${what}`, {
      subject: file,
      pointer,
      position: { line, column },
      cause: error,
    });
  }
}
