/** The Logger of long-running commands: a line each on standard error; JSON lines with `--json`. */
import type { Logger, LogLevel } from "../ports/index.ts";
import { printableJson, printableLine, type Terminal } from "./io.ts";

const loudness: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** Logs what is at least as loud as `level`. */
export function terminalLogger(terminal: Terminal, level: LogLevel = "info"): Logger {
  return {
    log(at, message, fields) {
      if (loudness.indexOf(at) < loudness.indexOf(level)) return;
      const time = new Date().toISOString();
      const details = Object.entries(fields ?? {}).map(
        ([name, value]) => ` ${name}=${value === undefined ? "" : printableJson(value)}`,
      );
      terminal.stderr.write(
        terminal.json
          ? `${printableJson({ time, level: at, message, ...fields })}\n`
          : `${time} ${at.padEnd(5)} ${printableLine(message)}${details.join("")}\n`,
      );
    },
  };
}
