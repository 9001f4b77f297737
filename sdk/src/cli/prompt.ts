/**
 * Questions to a person at a terminal (`terminal.attended`). A secret is not shown while it is typed and never leaves
 * this process; Ctrl-C and the end of input are an interruption, not an answer.
 */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { OutriderError } from "../errors/index.ts";
import type { Terminal } from "./io.ts";

/** Asks for one line. @throws CANCELLED */
export async function ask(
  terminal: Terminal,
  question: string,
  otherwise?: string,
): Promise<string> {
  const shown = otherwise === undefined ? `${question}: ` : `${question} (${otherwise}): `;
  const answer = (await readLine(terminal, shown, terminal.stderr)).trim();
  return answer === "" ? (otherwise ?? "") : answer;
}

/** Asks for a secret, without showing what is typed. @throws CANCELLED */
export async function askSecret(terminal: Terminal, question: string): Promise<string> {
  terminal.stderr.write(`${question}: `);
  try {
    return await readLine(terminal, "", nowhere());
  } finally {
    terminal.stderr.write("\n");
  }
}

async function readLine(terminal: Terminal, question: string, output: Writable): Promise<string> {
  const { stdin: input, signal } = terminal;
  const over = new AbortController();
  const lines = createInterface({ input, output, terminal: true, historySize: 0 });
  lines.once("SIGINT", () => over.abort()).once("close", () => over.abort());
  try {
    return await lines.question(question, { signal: AbortSignal.any([signal, over.signal]) });
  } catch (cause) {
    throw new OutriderError("CANCELLED", "Nobody answered.", { cause });
  } finally {
    lines.close();
  }
}

/** Where the echo of a secret goes. */
function nowhere(): Writable {
  return new Writable({ write: (_piece, _encoding, done) => done() });
}
