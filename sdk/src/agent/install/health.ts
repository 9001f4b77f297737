/**
 * Does the new version work? One attempt of the package's own check. The journal counts attempts before they start, so
 * a check that takes the whole machine down with it cannot be tried for ever (THREATS A4).
 */
import { OutriderError } from "../../errors/index.ts";
import type { HealthCheck } from "../../schema/index.ts";
import type { ProgramOptions, ProgramRunner } from "./program.ts";

const defaultAttempts = 3;

/**
 * Makes one attempt.
 *
 * @param attempt its number, from 1.
 * @returns `again` where it failed and may be tried once more.
 * @throws HEALTH_FAILED when that was the last
 */
export async function checkHealth(
  check: HealthCheck | undefined,
  attempt: number,
  programs: ProgramRunner,
  options: ProgramOptions,
): Promise<"healthy" | "again"> {
  if (check === undefined) return "healthy";
  const allowed = check.attempts ?? defaultAttempts;
  let detail = "every attempt was cut off";
  if (attempt <= allowed) {
    await pause((check.delaySeconds ?? 0) * 1000, options.signal);
    const result = await programs.run(check, options);
    if (result.outcome === "done") return "healthy";
    if (attempt < allowed) return "again";
    ({ detail } = result);
  }
  throw new OutriderError("HEALTH_FAILED", `The health check failed ${allowed} times: ${detail}.`);
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
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
