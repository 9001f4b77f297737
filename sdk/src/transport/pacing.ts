/** Waiting between looks: jitter, so that a thousand agents do not look at once, and growing pauses after faults. */

/** Waits; ends early, without an error, when the signal is given. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const wake = (): void => resolve();
  signal?.addEventListener("abort", wake, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", wake);
  }
}

/** How long until the next look. */
export interface Pacing {
  /** Usual pause. */
  readonly pollMs: number;
  /** Longest pause after repeated faults; default ten times `pollMs`. */
  readonly maxBackoffMs?: number;
  /** 0 ≤ random < 1; default `Math.random`. */
  readonly random?: () => number;
}

/**
 * The pause before the next look: `pollMs` ± 20 %, doubled for every fault in a row.
 *
 * @param faults looks that failed since the last good one.
 */
export function nextPauseMs({ pollMs, maxBackoffMs, random }: Pacing, faults: number): number {
  const longest = maxBackoffMs ?? pollMs * 10;
  const base = Math.min(pollMs * 2 ** Math.min(faults, 30), Math.max(longest, pollMs));
  return base * (0.8 + 0.4 * (random ?? Math.random)());
}
