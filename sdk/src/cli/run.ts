/** Reads the command line, runs the one command it names, and answers with the exit code. */
import { CommanderError } from "commander";
import type { CommandContext } from "./command.ts";
import { reportFailure, usageError, type ExitCode } from "./failure.ts";
import { openTerminal, type CommandIo } from "./io.ts";
import { createProgram } from "./program.ts";
import { followProgress } from "./progress.ts";

/**
 * Runs one command line.
 *
 * @param argv without the program's name.
 * @returns 0 done, 1 refused, 2 usage, 3 unavailable, 130 interrupted; 75 as a mail system's pipe alone.
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  let exit: ExitCode = 0;
  let failure: ExitCode | undefined;
  const context: CommandContext = {
    terminal: () => openTerminal(io, globals(), followProgress),
    exitWith: (code) => {
      exit = code;
    },
    failWith: (code) => {
      failure = code;
    },
  };
  const program = createProgram(context, {
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
  });
  const globals = (): { json: boolean; verbose: boolean } => {
    const { json = false, verbose = false } = program.opts<{ json?: boolean; verbose?: boolean }>();
    return { json, verbose };
  };
  try {
    await program.parseAsync(argv, { from: "user" });
    return io.signal.aborted ? 130 : exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      const code = reportFailure(error, io, globals());
      return failure ?? code;
    }
    if (error.exitCode === 0) return 0;
    return reportFailure(usageError(error, program, argv), io, globals());
  }
}
