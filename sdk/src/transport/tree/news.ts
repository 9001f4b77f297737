/** A pause that news ends early: soon, but not at once, so that a thousand agents do not ask in the same instant. */
import { pause } from "../pacing.ts";

/** Between two looks at the least, whatever is told. */
const leastMs = 1000;

/** Told of news by whoever hears of some, waited on by the polling. */
export class News {
  readonly #random: () => number;
  #isWaiting = false;
  #wake: AbortController = new AbortController();
  #lookedAt = -leastMs;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** There is some. */
  tell(): void {
    this.#isWaiting = true;
    this.#wake.abort();
  }

  /** Waits for news, at most so long. */
  async rest(ms: number, signal: AbortSignal): Promise<void> {
    this.#lookedAt = performance.now();
    this.#wake = new AbortController();
    if (!this.#isWaiting) await pause(ms, AbortSignal.any([signal, this.#wake.signal]));
    if (this.#isWaiting) {
      const sinceMs = performance.now() - this.#lookedAt;
      const dueMs = Math.max(leastMs - sinceMs, 0) + leastMs * this.#random();
      await pause(Math.min(dueMs, ms), signal);
    }
    this.#isWaiting = false;
  }
}
