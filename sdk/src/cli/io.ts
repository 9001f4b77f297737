/** What a command may touch of its process, so that tests run commands without one. */
import type { Readable, Writable } from "node:stream";
import { noProgress, type Desk, type Progress } from "../release/desk.ts";

/** Standard streams, folder, environment and the signal of Ctrl-C. */
export interface CommandIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** How a command speaks: one result on standard output, everything else on standard error. */
export interface Terminal extends CommandIo, Desk {
  /** `--json`: the result is one line of JSON. */
  readonly json: boolean;
  /** Progress bars are drawn; else plain lines are written. */
  readonly interactive: boolean;
  /** Somebody is there to be asked (`prompt.ts`). */
  readonly attended: boolean;
  /** Says what is going on (standard error); silent with `--json` unless `--verbose`. */
  say(line: string): void;
  /** The result: an object for machines, lines for people. */
  result(value: unknown, lines: string | readonly string[]): void;
}

/** How a terminal shows work. */
export type Follow = (terminal: Terminal, label: string) => Progress;

/** The terminal of one run. @param follow shows long work; none is shown unless given */
export function openTerminal(
  io: CommandIo,
  options: { readonly json: boolean; readonly verbose: boolean },
  follow: Follow = () => noProgress,
): Terminal {
  const interactive = !options.json && isTerminal(io.stderr);
  const terminal: Terminal = {
    ...io,
    json: options.json,
    interactive,
    attended: interactive && isTerminal(io.stdin),
    follow: (label) => follow(terminal, label),
    say(line) {
      if (!options.json || options.verbose) io.stderr.write(`${printable(line)}\n`);
    },
    result(value, lines) {
      const text = typeof lines === "string" ? lines : lines.join("\n");
      if (options.json) io.stdout.write(`${JSON.stringify(value)}\n`);
      else if (text !== "") io.stdout.write(`${printable(text)}\n`);
    },
  };
  return terminal;
}

/** Packages, keys and servers bring text of strangers: none of it may steer the terminal (ECMA-48 control sequences). */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, "\uFFFD");
}

/** The same in one line: a message must not look like several. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", " ");
}

function isTerminal(stream: object): boolean {
  return "isTTY" in stream && stream.isTTY === true;
}
