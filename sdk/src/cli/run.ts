/** Reads the command line, runs the one command it names, and answers with the exit code. */
import { Command, CommanderError } from "commander";
import type { CommandContext } from "./command.ts";
import { commands } from "./commands/index.ts";
import { reportFailure, type ExitCode } from "./failure.ts";
import { openTerminal, type CommandIo } from "./io.ts";

/**
 * Runs one command line.
 *
 * @param argv without the program's name.
 * @returns 0 done, 1 refused, 2 usage, 3 unavailable, 130 interrupted.
 */
export async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const program = new Command("outrider");
  let exit: ExitCode = 0;
  const globals = (): { json: boolean; verbose: boolean } => {
    const { json = false, verbose = false } = program.opts<{ json?: boolean; verbose?: boolean }>();
    return { json, verbose };
  };
  program
    .description(
      "Push signed software packages to machines over e-mail, file shares, the local network or HTTP.",
    )
    .option("--json", "print the result as one line of JSON")
    .option("--verbose", "print stack traces and more of what is going on")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .showHelpAfterError("(outrider --help shows what there is)")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 refused, 2 usage, 3 unavailable, 130 interrupted.",
    );
  const context: CommandContext = {
    terminal: () => openTerminal(io, globals()),
    refuse: () => {
      exit = 1;
    },
  };
  for (const define of commands) define(program, context);
  try {
    await program.parseAsync(argv, { from: "user" });
    return io.signal.aborted ? 130 : exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportFailure(error, io, globals());
  }
}
