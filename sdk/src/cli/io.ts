/** What a command may touch of its process, so that tests run commands without one. */
import type { Readable, Writable } from "node:stream";
import { inEnglish } from "../errors/index.ts";
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
    follow: (label) => follow(terminal, inEnglish(label)),
    say(line) {
      if (!options.json || options.verbose) io.stderr.write(`${printable(line)}\n`);
    },
    result(value, lines) {
      const text =
        typeof lines === "string" ? printable(lines) : lines.map(printableLine).join("\n");
      if (options.json) io.stdout.write(`${printableJson(value)}\n`);
      else if (text !== "") io.stdout.write(`${text}\n`);
    },
  };
  return terminal;
}

/** Controls (ECMA-48) steer a terminal; marks of direction (UAX 9) show text in another order than it has. */
const steering = /[^\P{Cc}\n\t]|\p{Bidi_Control}/gu;

/** Packages, keys and servers bring text of strangers: none of it may steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(steering, "\uFFFD");
}

/** The same in one line: a message must not look like several. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", " ");
}

/**
 * One line of JSON with the same value, for a terminal as well: JSON itself escapes only the older half of the
 * controls.
 */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f]|\p{Bidi_Control}/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function isTerminal(stream: object): boolean {
  return "isTTY" in stream && stream.isTTY === true;
}
