/**
 * Those whose limits said later, in the order in which they asked: by destination, the moment behind the last of them.
 * It saves questions and reserves nothing: what may be sent, the buckets say each time. Pure but for what it remembers.
 */
import type { Wait } from "./admission.ts";

/** Longest that somebody is told to wait for those who asked before, milliseconds: they may never come back. */
const longestQueueMs = 300_000;

/** One line for each destination of a transport. */
export class WaitingLine {
  readonly #endMs = new Map<string, number>();
  #count = 0;

  /** When to ask again. */
  placeOf({ destination, startMs, costMs }: Wait<unknown>, nowMs: number): number {
    if (this.#endMs.size > 10_000)
      for (const [each, endMs] of this.#endMs) if (endMs <= nowMs) this.#endMs.delete(each);
    const placeMs = Math.max(startMs, this.#endMs.get(destination) ?? 0);
    const longestMs = nowMs + longestQueueMs;
    this.#endMs.set(destination, Math.min(placeMs + costMs, longestMs));
    if (placeMs < longestMs) return placeMs;
    // Behind a long queue they are spread over the second half of the time, not all at its end.
    const spread = ((this.#count++ * 0.618_034) % 1) / 2;
    return Math.max(startMs, nowMs + longestQueueMs * (0.5 + spread));
  }
}
