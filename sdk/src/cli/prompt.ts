/**
 * Questions to a person at a terminal (`terminal.attended`). A secret is not shown while it is typed and never leaves
 * this process; Ctrl-C and the end of input are an interruption, not an answer.
 */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { OutriderError } from "../errors/index.ts";
import type { Terminal } from "./io.ts";

/** A conversation; what is typed ahead answers the next question. */
export interface Prompt {
  /** Asks for one line; an empty one stands for `otherwise`. @throws CANCELLED */
  ask(question: string, otherwise?: string): Promise<string>;
  /** Asks for a secret, without showing what is typed. @throws CANCELLED */
  askSecret(question: string): Promise<string>;
  /** Gives the terminal back. */
  close(): void;
}

/** Begins a conversation and ends it. */
export async function withPrompt<T>(
  terminal: Terminal,
  talk: (prompt: Prompt) => Promise<T>,
): Promise<T> {
  const prompt = openPrompt(terminal);
  try {
    return await talk(prompt);
  } finally {
    prompt.close();
  }
}

function openPrompt({ stdin: input, stderr, signal }: Terminal): Prompt {
  let isSecret = false;
  const output = new Writable({
    write(piece, encoding, done) {
      if (isSecret) done();
      else stderr.write(piece, encoding, done);
    },
  });
  const lines: string[] = [];
  let isOver = false;
  let wake = (): void => undefined;
  const end = (): void => {
    isOver = true;
    wake();
  };
  const reader = createInterface({ input, output, terminal: true, historySize: 0 })
    .on("line", (line) => {
      lines.push(line);
      wake();
    })
    .on("SIGINT", end)
    .on("close", end);
  signal.addEventListener("abort", end, { once: true });

  async function nextLine(): Promise<string> {
    while (lines.length === 0) {
      if (isOver) throw new OutriderError("CANCELLED", "Nobody answered.");
      await new Promise<void>((resolve) => (wake = resolve));
    }
    return lines.shift() ?? "";
  }

  return {
    async ask(question, otherwise) {
      const shown = otherwise === undefined ? `${question}: ` : `${question} [${otherwise}]: `;
      // The input may be over with all answers typed ahead.
      if (isOver) stderr.write(shown);
      else {
        reader.setPrompt(shown);
        reader.prompt();
      }
      const answer = (await nextLine()).trim();
      return answer === "" ? (otherwise ?? "") : answer;
    },
    async askSecret(question) {
      stderr.write(`${question}: `);
      isSecret = true;
      try {
        return await nextLine();
      } finally {
        isSecret = false;
        stderr.write("\n");
      }
    },
    close() {
      signal.removeEventListener("abort", end);
      reader.close();
    },
  };
}
