/** Progress of long work: a bar on a terminal, a plain line now and then elsewhere, nothing with `--json`. */
import type { Writable } from "node:stream";
import { Format, SingleBar } from "cli-progress";
import type { Terminal } from "./io.ts";

/** Shows how far one piece of work is. */
export interface Progress {
  /** @param done of the total, in the same unit. */
  update(done: number): void;
  /** Ends the bar. */
  stop(): void;
}

const nothing: Progress = { update: () => undefined, stop: () => undefined };
const secondsBetweenLines = 5;

/** Only work past this is worth a bar. Bytes. */
export const progressThresholdBytes: number = 50 * 1024 * 1024;

/**
 * Starts showing.
 *
 * @param label what is being done, such as "building press-control 3.0.0".
 * @param totalBytes of the work; below 50 MB nothing is shown.
 */
export function showProgress(terminal: Terminal, label: string, totalBytes: number): Progress {
  if (terminal.json || totalBytes < progressThresholdBytes) return nothing;
  return terminal.interactive
    ? bar(terminal.stderr, label, totalBytes)
    : lines(terminal, label, totalBytes);
}

function bar(stream: Writable, label: string, totalBytes: number): Progress {
  const drawn = new SingleBar({
    format: `${label} {bar} {percentage} % {value} of {total}, {eta_formatted} left`,
    formatValue: (value, options, type) =>
      type === "value" || type === "total"
        ? megabytes(value)
        : Format.ValueFormat(value, options, type),
    stream: stream as NodeJS.WritableStream,
    hideCursor: true,
    clearOnComplete: true,
  });
  drawn.start(totalBytes, 0);
  return { update: (done) => drawn.update(done), stop: () => drawn.stop() };
}

function lines(terminal: Terminal, label: string, totalBytes: number): Progress {
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
