/** Listening to a receiver in a test: what was heard so far, until enough was. */
import type { Incoming, Receiver } from "../../src/transport/index.ts";

/** A receiver that is being listened to. */
export interface Listening {
  readonly heard: readonly Incoming[];
  /** Waits until so many were heard. @throws before the test would be ended for it */
  until(count: number): Promise<readonly Incoming[]>;
  /** Ends it. */
  [Symbol.asyncDispose](): Promise<void>;
}

const patienceMs = 150_000;

/** Begins to listen; everything is settled with this verdict, or by this function. */
export function listen(
  receiver: Receiver,
  use: "handled" | "ignored" | "refused" | ((incoming: Incoming) => Promise<void>) = "handled",
): Listening {
  const stop = new AbortController();
  const heard: Incoming[] = [];
  let wake = (): void => undefined;
  let failure: { readonly error: unknown } | undefined;
  const running = (async () => {
    try {
      for await (const incoming of receiver.receive({ signal: stop.signal })) {
        heard.push(incoming);
        if (typeof use === "string") await incoming.settle(use);
        else await use(incoming);
        wake();
      }
    } catch (error) {
      failure = { error };
      wake();
    }
  })();
  return {
    heard,
    async until(count) {
      const patience = AbortSignal.timeout(patienceMs);
      while (heard.length < count) {
        if (failure !== undefined) throw failure.error;
        if (patience.aborted)
          throw new Error(`heard ${heard.length} messages instead of ${count} in ${patienceMs} ms`);
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        patience.addEventListener("abort", () => resolve(), { once: true });
        await promise;
      }
      return heard;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
