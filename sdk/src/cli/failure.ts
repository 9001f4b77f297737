/** One clear error for people, one object for machines, and the exit code (DESIGN 9). */
import type { Command, CommanderError } from "commander";
import { errorAdvice } from "../errors/advice.ts";
import { errorTable, isOutriderError, OutriderError } from "../errors/index.ts";
import { printable, printableJson, printableLine, type CommandIo } from "./io.ts";

/** Exit codes: 0 done, 1 refused, 2 usage, 3 unavailable, 130 interrupted; 75 for mail systems alone: come again. */
export type ExitCode = 0 | 1 | 2 | 3 | 75 | 130;

interface ReportOptions {
  readonly json: boolean;
  readonly verbose: boolean;
}

/** Reports the error and says with which code to exit. */
export function reportFailure(error: unknown, io: CommandIo, options: ReportOptions): ExitCode {
  const isCancelled = isOutriderError(error) && error.code === "CANCELLED";
  if (io.signal.aborted || isCancelled) return reportInterrupt(io, options);
  const stack = options.verbose && error instanceof Error ? `\n${printable(stackOf(error))}` : "";
  if (!isOutriderError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    if (options.json) writeJson(io, { code: "UNEXPECTED", message });
    io.stderr.write(
      `error: ${printableLine(message)} (unexpected: please report it, with --verbose)${stack}\n`,
    );
    return 1;
  }
  const { code, step, retryable, message, subject, pointer, position } = error;
  const { exit } = errorTable[code];
  const { remedy } = errorAdvice[code];
  if (options.json) {
    writeJson(io, { code, step, retryable, message, subject, pointer, position });
    if (stack !== "") io.stderr.write(`${stack}\n`);
  } else {
    const advice = message.includes(remedy) ? "" : `\n  ${remedy}`;
    io.stderr.write(`error ${code}: ${printable(message)}${advice}${stack}\n`);
  }
  return exit;
}

/** What commander found wrong with the command line, in our form. */
export function usageError(
  error: CommanderError,
  program: Command,
  argv: readonly string[],
): OutriderError {
  const said = error.message.replace(/^error: /, "").replaceAll(/\s*\n/g, " ");
  const what = error.code === "commander.help" ? "No command is named" : said.replace(/\.$/, "");
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)}.`;
  return new OutriderError("CONFIG_INVALID", `${sentence} See ${nameOf(program, argv)} --help.`, {
    cause: error,
  });
}

/** `outrider trust add-key`: the command that the words name. */
function nameOf(program: Command, argv: readonly string[]): string {
  const words = argv.filter((word) => !word.startsWith("-"));
  const found = program.commands.find((command) => command.name() === words[0]);
  return found === undefined
    ? program.name()
    : `${program.name()} ${nameOf(found, words.slice(1))}`;
}

function reportInterrupt(io: CommandIo, { json }: ReportOptions): 130 {
  const message = "Interrupted.";
  if (json) writeJson(io, { code: "CANCELLED", step: "any", retryable: true, message });
  else io.stderr.write(`${message}\n`);
  return 130;
}

function writeJson(io: CommandIo, error: object): void {
  io.stdout.write(`${printableJson({ error })}\n`);
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
