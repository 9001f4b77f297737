/** One clear error for people, one object for machines, and the exit code (DESIGN 9). */
import { errorTable, isOutriderError } from "../errors/index.ts";
import type { CommandIo } from "./io.ts";

/** Exit codes: 0 done, 1 refused, 2 usage, 3 unavailable, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

/** Reports the error and says with which code to exit. */
export function reportFailure(
  error: unknown,
  io: CommandIo,
  options: { readonly json: boolean; readonly verbose: boolean },
): ExitCode {
  if (io.signal.aborted) {
    io.stderr.write(options.json ? "" : "Interrupted.\n");
    return 130;
  }
  const stack =
    options.verbose && error instanceof Error ? `\n${error.stack ?? ""}${causes(error)}` : "";
  if (!isOutriderError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    if (options.json)
      io.stdout.write(`${JSON.stringify({ error: { code: "UNEXPECTED", message } })}\n`);
    io.stderr.write(`error: ${message} (unexpected: please report it, with --verbose)${stack}\n`);
    return 1;
  }
  const { remedy, exit } = errorTable[error.code];
  if (options.json) {
    const { code, step, retryable, message, subject, pointer, position } = error;
    io.stdout.write(
      `${JSON.stringify({ error: { code, step, retryable, message, subject, pointer, position } })}\n`,
    );
  } else io.stderr.write(`error ${error.code}: ${error.message}\n  ${remedy}${stack}\n`);
  return exit;
}

function causes(error: Error): string {
  return error.cause instanceof Error
    ? `\ncaused by ${error.cause.stack ?? error.cause.message}${causes(error.cause)}`
    : "";
}
