/** The whole command line as commander knows it: for running, and for the reference page made from its help. */
import { readFileSync } from "node:fs";
import { Command, type OutputConfiguration } from "commander";
import type { CommandContext } from "./command.ts";
import { commands } from "./commands/index.ts";

/** Where help goes; each command has it from the moment it is defined. */
export type HelpOutput = Pick<OutputConfiguration, "writeOut" | "writeErr">;

/** Makes it. Nothing is ended by commander itself, and no error written: whoever runs it reports. */
export function createProgram(context: CommandContext, output: HelpOutput = {}): Command {
  const program = new Command("outrider")
    .description(
      "Push signed software packages to machines over e-mail, file shares, the local network or HTTP.",
    )
    .version(readVersion(), "--version", "print the version")
    .option("--json", "print the result as one line of JSON")
    .option("--verbose", "print stack traces and more of what is going on")
    .exitOverride()
    // `run` reports every error in one form; commander would print it in its own.
    .configureOutput({ ...output, outputError: () => undefined })
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 refused, 2 usage, 3 unavailable, 130 interrupted.",
    );
  for (const define of commands) define(program, context);
  return program;
}

/** Of this package; `src/cli` and `dist/cli` are equally deep. */
function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
