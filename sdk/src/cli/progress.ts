/** Progress of long work: a bar on a terminal, a plain line now and then elsewhere, nothing with `--json`. */
import type { Writable } from "node:stream";
import cliProgress from "cli-progress"; // CommonJS: its names are found only at run time
import { noProgress, type Progress } from "../release/desk.ts";
import type { Terminal } from "./io.ts";

interface Display {
  update(done: number): void;
  stop(): void;
}

const secondsBetweenLines = 5;
/** Only work past this is worth showing. Bytes. */
const thresholdBytes = 50 * 1024 * 1024;

/**
 * Shows work whose extent is known only once it runs; below 50 MB nothing is shown.
 *
 * @param label what is being done, such as "building press-control 3.0.0".
 */
export function followProgress(terminal: Terminal, label: string): Progress {
  if (terminal.json) return noProgress;
  let display: Display | undefined;
  return {
    update(done, total) {
      if (total < thresholdBytes) return;
      display ??= terminal.interactive
        ? bar(terminal.stderr, label, total)
        : lines(terminal, label, total);
      display.update(done);
    },
    stop: () => display?.stop(),
  };
}

function bar(stream: Writable, label: string, totalBytes: number): Display {
  const drawn = new cliProgress.SingleBar({
    format: `${label} {bar} {percentage} % {value} of {total}, {eta_formatted} left`,
    formatValue: (value, options, type) =>
      type === "value" || type === "total"
        ? megabytes(value)
        : cliProgress.Format.ValueFormat(value, options, type),
    stream,
    hideCursor: true,
    clearOnComplete: true,
  });
  drawn.start(totalBytes, 0);
  return { update: (done) => drawn.update(done), stop: () => drawn.stop() };
}

function lines(terminal: Terminal, label: string, totalBytes: number): Display {
  let saidAt = performance.now();
  return {
    update(done) {
      if (performance.now() - saidAt < secondsBetweenLines * 1000) return;
      saidAt = performance.now();
      terminal.say(
        `${label}: ${Math.floor((done / totalBytes) * 100)} % of ${megabytes(totalBytes)}`,
      );
    },
    stop: () => undefined,
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
