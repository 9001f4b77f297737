/** Ends a download that is too slow or takes too long (THREATS N13, slow retrieval). */
import { OutriderError } from "../../errors/index.ts";

/** Bounds in time. */
export interface WatchdogOptions {
  /** Bytes per second that must come in every window. */
  readonly minimumBytesPerSecond: number;
  readonly windowMs: number;
  /** Time for everything. */
  readonly deadlineMs: number;
}

/** Watches one download; `stop` it. */
export class Watchdog {
  readonly #controller = new AbortController();
  readonly #window: NodeJS.Timeout;
  readonly #deadline: NodeJS.Timeout;
  #bytes = 0;

  constructor(subject: string, { minimumBytesPerSecond, windowMs, deadlineMs }: WatchdogOptions) {
    const least = (minimumBytesPerSecond * windowMs) / 1000;
    this.#window = setInterval(() => {
      if (this.#bytes < least)
        this.#end(subject, `sent ${this.#bytes} bytes in ${windowMs} ms; ${least} are the least`);
      this.#bytes = 0;
    }, windowMs);
    this.#deadline = setTimeout(
      () => this.#end(subject, `took longer than ${deadlineMs} ms`),
      deadlineMs,
    );
  }

  /** Given when a bound is passed; its reason is UNAVAILABLE. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Bytes came. */
  note(bytes: number): void {
    this.#bytes += bytes;
  }

  stop(): void {
    clearInterval(this.#window);
    clearTimeout(this.#deadline);
  }

  #end(subject: string, what: string): void {
    this.#controller.abort(
      new OutriderError("UNAVAILABLE", `${subject} ${what}. Another source is tried.`, { subject }),
    );
  }
}
