/** The whole command line as commander knows it: for running, and for the reference page made from its help. */
import { Command } from "commander";
import type { CommandContext } from "./command.ts";
import { commands } from "./commands/index.ts";

/** Makes it. Nothing is written or ended by commander itself: whoever runs it reports. */
export function createProgram(context: CommandContext): Command {
  const program = new Command("outrider")
    .description(
      "Push signed software packages to machines over e-mail, file shares, the local network or HTTP.",
    )
    .option("--json", "print the result as one line of JSON")
    .option("--verbose", "print stack traces and more of what is going on")
    .exitOverride()
    // `run` reports every error in one form; commander would print it in its own.
    .configureOutput({ outputError: () => undefined })
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 refused, 2 usage, 3 unavailable, 130 interrupted.",
    );
  for (const define of commands) define(program, context);
  return program;
}
