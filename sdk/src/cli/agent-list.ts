/** Lists of agents in files, read by their names; a table anew each time that it is gone through. */
import { stat } from "node:fs/promises";
import { followPath, readFileText } from "../release/files.ts";
import { textPieces } from "../release/pieces.ts";
import type { RegisteredAgent } from "../schema/index.ts";
import { agentsInJson, agentsInTable } from "../server/agents/list.ts";
import type { Terminal } from "./io.ts";

/**
 * The list in a file, by its name. What goes through it may throw DOCUMENT_INVALID naming the place, and as reading
 * does.
 */
export async function openAgentList(
  terminal: Terminal,
  file: string,
): Promise<Iterable<RegisteredAgent>> {
  if (!file.toLowerCase().endsWith(".csv"))
    return agentsInJson(await readFileText(terminal, file), file);
  // What is no file, such as a pipe, can be read once.
  const isFile = (await stat(await followPath(terminal, file))).isFile();
  const pieces = isFile ? textPieces(terminal, file) : [await readFileText(terminal, file)];
  return { [Symbol.iterator]: () => agentsInTable(pieces, file) };
}
