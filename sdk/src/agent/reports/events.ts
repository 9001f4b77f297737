/** What an agent tells the product it is embedded in: callbacks, or an async iterator. */
import type { State } from "../machine.ts";

/** Something happened. */
export type AgentEvent =
  /** A deployment came a state further. */
  | {
      readonly type: "state";
      readonly name: string;
      readonly version: string;
      readonly state: State;
    }
  /** `bytes` of the archive's `size` are here. */
  | {
      readonly type: "progress";
      readonly name: string;
      readonly version: string;
      readonly bytes: number;
      readonly size: number;
    }
  /** A deployment is over, and what is installed is as `outcome` says; without `installed`, the version before runs. */
  | {
      readonly type: "finished";
      readonly name: string;
      readonly version: string;
      readonly outcome: "installed" | "rolledBack" | "failed" | "refused";
      readonly code?: string;
      readonly message?: string;
    }
  /** An installer asks for it. */
  | { readonly type: "restartNeeded"; readonly name: string; readonly version: string }
  /** A deployment waits, and goes on by itself: `code` and `message` say what for. */
  | {
      readonly type: "postponed";
      readonly name: string;
      readonly version: string;
      readonly code: string;
      readonly message: string;
    }
  /** A message was not for this agent, or not Outrider's. */
  | { readonly type: "ignored"; readonly transport: string; readonly reason: string }
  /** A message is forged, damaged, too old or not allowed; nothing was changed. */
  | {
      readonly type: "refused";
      readonly transport: string;
      readonly code: string;
      readonly message: string;
    }
  /** A transport shows a catalog past its expiry: news may be held back there. */
  | { readonly type: "stale"; readonly transport: string }
  /** Two transports show different catalogs of one number: somebody tampers. */
  | { readonly type: "equivocation"; readonly transport: string; readonly message: string }
  /** The next trust document is in force here. */
  | { readonly type: "trustUpdated"; readonly version: number }
  /** A receiver has ended; the others go on. */
  | { readonly type: "unavailable"; readonly transport: string; readonly message: string };

/** Hands events to whoever listens; a listener that throws harms nobody. */
export class EventHub {
  readonly #listeners = new Set<(event: AgentEvent) => void>();
  readonly #ends = new Set<() => void>();

  /** Tells all listeners. */
  emit(event: AgentEvent): void {
    for (const listener of this.#listeners)
      try {
        listener(event);
      } catch {
        // the product's own fault must not stop a deployment
      }
  }

  /** Calls the listener for each event until the returned function is called. */
  on(listener: (event: AgentEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Events from now on, until the agent is closed or the loop is left. */
  async *iterate(): AsyncGenerator<AgentEvent, void, undefined> {
    const queue: AgentEvent[] = [];
    let wake: (() => void) | undefined;
    let ended = false;
    const off = this.on((event) => {
      queue.push(event);
      wake?.();
    });
    const end = (): void => {
      ended = true;
      wake?.();
    };
    this.#ends.add(end);
    try {
      for (;;) {
        const event = queue.shift();
        if (event !== undefined) yield event;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      off();
      this.#ends.delete(end);
    }
  }

  /** Ends all iterators. */
  close(): void {
    for (const end of this.#ends) end();
  }
}
