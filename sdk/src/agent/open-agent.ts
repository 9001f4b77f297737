/**
 * The agent at work. Messages are dealt with one at a time, so that no two deployments ever meet; receipts are sent
 * beside that, for a server may be slow.
 */
import { OutriderError } from "../errors/index.ts";
import { fileError } from "../package/index.ts";
import type { Incoming, Receiver } from "../transport/index.ts";
import type { Agent } from "./agent.ts";
import { resumeAll } from "./deployment/resumption.ts";
import { withdraw, type Withdrawal } from "./deployment/withdraw.ts";
import { receive } from "./reception/receive.ts";
import type { Reception } from "./reception/verdict.ts";
import type { AgentEvent } from "./reports/events.ts";
import { readStatus, type AgentStatus } from "./reports/status.ts";
import { AgentRun } from "./run.ts";
import type { Workplace } from "./workplace.ts";

/** An agent whose directories are open and locked. */
export class OpenAgent implements Agent {
  readonly #place: Workplace;
  readonly #receivers: readonly Receiver[];
  readonly #key: AgentStatus["key"];
  readonly #release: () => Promise<void>;
  readonly #closing = new AbortController();
  #working: Promise<unknown> = Promise.resolve();
  #sending: Promise<unknown> = Promise.resolve();
  #resumed = false;

  constructor(
    place: Workplace,
    receivers: readonly Receiver[],
    key: AgentStatus["key"],
    release: () => Promise<void>,
  ) {
    this.#place = place;
    this.#receivers = receivers;
    this.#key = key;
    this.#release = release;
  }

  async run({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const stop = this.#signal(signal);
    try {
      await new AgentRun(this, this.#place, this.#receivers).untilStopped(stop);
    } catch (error) {
      if (!stop.aborted) throw error;
    }
  }

  async receiveOne(
    incoming: Incoming,
    options: { readonly transport?: string; readonly signal?: AbortSignal } = {},
  ): Promise<Reception> {
    const raw = { incoming, transport: options.transport ?? "direct" };
    return this.#inTurn(async (signal) => {
      await this.#resumeFirst(signal);
      const { installed, controls } = this.#place.state.memory;
      const reception = await receive(raw, this.#place, signal);
      const now = this.#place.state.memory;
      // What waited for just this release, or for this order, can go on or has come to its end.
      if (now.installed !== installed || now.controls !== controls) await this.#resume(signal);
      return reception;
    }, options.signal);
  }

  async resume(options: { readonly signal?: AbortSignal } = {}): Promise<number> {
    return this.#inTurn((signal) => this.#resume(signal), options.signal);
  }

  async rollBack(
    name: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Withdrawal> {
    return this.#inTurn(async (signal) => {
      await this.#resumeFirst(signal);
      return withdraw(name, this.#place, signal);
    }, options.signal);
  }

  async flush(options: { readonly signal?: AbortSignal } = {}): Promise<number> {
    const { outbox } = this.#place;
    const sending = this.#sending.then(async () => {
      // Listed in turn: then no deployment is just about to report.
      const names = await this.#inTurn(async (signal) => {
        await this.#resumeFirst(signal);
        return outbox.waiting();
      }, options.signal);
      return outbox.send(names, this.#signal(options.signal));
    });
    this.#sending = sending.catch(() => undefined);
    return sending;
  }

  async status(): Promise<AgentStatus> {
    const { agent, state, trust, clock, fileSystem, dataDirectory } = this.#place;
    const key = this.#key;
    const now = clock.now();
    return readStatus({ ...agent, key, state, trust, now, fileSystem, dataDirectory });
  }

  events(): AsyncIterable<AgentEvent> {
    return this.#place.events.iterate();
  }

  on(listener: (event: AgentEvent) => void): () => void {
    return this.#place.events.on(listener);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#working;
    await this.#sending;
    this.#place.events.close();
    await this.#release();
  }

  /** What a kill interrupted comes first: a message must never meet a machine that is half way. */
  async #resumeFirst(signal: AbortSignal): Promise<void> {
    if (!this.#resumed) await this.#resume(signal);
  }

  async #resume(signal: AbortSignal): Promise<number> {
    const unfinished = await resumeAll(this.#place, signal);
    this.#resumed = true;
    return unfinished;
  }

  #signal(asked: AbortSignal | undefined): AbortSignal {
    const closing = this.#closing.signal;
    return asked === undefined ? closing : AbortSignal.any([asked, closing]);
  }

  /** One piece of work after the other. */
  async #inTurn<T>(
    work: (signal: AbortSignal) => Promise<T>,
    asked: AbortSignal | undefined,
  ): Promise<T> {
    const signal = this.#signal(asked);
    const turn = this.#working.then(async () => {
      if (signal.aborted)
        throw new OutriderError("CANCELLED", "The agent was told to stop.", {
          cause: signal.reason,
        });
      return work(signal).catch((error: unknown) => {
        throw fileError(error, this.#place.dataDirectory, "The work of the agent of");
      });
    });
    this.#working = turn.catch(() => undefined);
    return turn;
  }
}
