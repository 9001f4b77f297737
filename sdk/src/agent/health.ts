/**
 * Does the new version work? The package's own check, up to three attempts; each is counted durably before it starts,
 * so a check that takes the whole machine down with it cannot be tried for ever (THREATS A4).
 */
import { OutriderError } from "../errors/index.ts";
import type { HealthCheck } from "../schema/index.ts";
import { runProgram } from "./program.ts";

const defaultAttempts = 3;

/**
 * Runs the check until it passes.
 *
 * @param options.countAttempt called before each attempt; returns how many were begun with this one.
 * @throws HEALTH_FAILED after the last attempt
 */
export async function checkHealth(
  check: HealthCheck | undefined,
  options: {
    readonly directory: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly attemptsBefore: number;
    readonly countAttempt: () => Promise<void>;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  if (check === undefined) return;
  const allowed = check.attempts ?? defaultAttempts;
  let detail = "it was begun often enough before a restart";
  for (let attempt = options.attemptsBefore; attempt < allowed; attempt++) {
    await options.countAttempt();
    await pause((check.delaySeconds ?? 0) * 1000, options.signal);
    const result = await runProgram(check, options);
    if (result.outcome === "done") return;
    detail = result.detail;
  }
  throw new OutriderError("HEALTH_FAILED", `The health check failed ${allowed} times: ${detail}.`);
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  if (durationMs === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, durationMs);
    signal.addEventListener("abort", stop, { once: true });
  });
}
