/** What a verb of the command line is: it adds itself to the program. */
import type { Command } from "commander";
import type { Terminal } from "./io.ts";

/** A verb: adds itself to the program; `terminal` is there once the command line was read. */
export type CommandDefinition = (program: Command, context: CommandContext) => void;

/** Given to every command's action. */
export interface CommandContext {
  /** The terminal of this run, after the global options were read. */
  terminal(): Terminal;
  /** Sets the exit code of a command that did its work: 1, it found something to refuse; 3, it must be done again. */
  exitWith(code: 1 | 3 | 75): void;
  /** Ends every error of this command with this code, for a caller who knows no other. */
  failWith(code: 75): void;
}
