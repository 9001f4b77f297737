/**
 * A result that changes: drawn over itself on a terminal, one after the other elsewhere, a line of JSON each with
 * `--json`.
 */
import type { Terminal } from "./io.ts";

/** What is shown until the next. */
export interface Screen {
  show(value: unknown, lines: readonly string[]): void;
}

/** Opens it on standard output. */
export function openScreen(terminal: Terminal): Screen {
  const isTerminal = "isTTY" in terminal.stdout && terminal.stdout.isTTY === true;
  let height = 0;
  return {
    show(value, lines) {
      // ECMA-48: cursor to the start of the line so many lines up, then erase to the end of the screen.
      if (height > 0 && !terminal.json)
        terminal.stdout.write(isTerminal ? `\u001B[${height}F\u001B[J` : "\n");
      terminal.result(value, lines);
      height = lines.length;
    },
  };
}
