/** What an agent tells the product it is embedded in: callbacks, or an async iterator. */
import type { State } from "./machine.ts";

/** Something happened. */
export type AgentEvent =
  | {
      readonly type: "state";
      readonly name: string;
      readonly version: string;
      readonly state: State;
    }
  | {
      readonly type: "progress";
      readonly name: string;
      readonly version: string;
      readonly bytes: number;
      readonly size: number;
    }
  | {
      readonly type: "finished";
      readonly name: string;
      readonly version: string;
      readonly outcome: "installed" | "rolledBack" | "failed" | "refused";
      readonly code?: string;
      readonly message?: string;
    }
  | { readonly type: "restartNeeded"; readonly name: string; readonly version: string }
  | {
      readonly type: "postponed";
      readonly name: string;
      readonly version: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: "ignored"; readonly transport: string; readonly reason: string }
  | {
      readonly type: "refused";
      readonly transport: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly type: "stale"; readonly transport: string }
  | { readonly type: "equivocation"; readonly transport: string; readonly message: string }
  | { readonly type: "trustUpdated"; readonly version: number }
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
