/**
 * The agent at work: listens, takes up what was left, retries, sends receipts. Messages are dealt with one at a time,
 * so that no two deployments ever meet; receipts are sent beside that, for a server may be slow.
 */
import { OutriderError } from "../errors/index.ts";
import { fileError } from "../package/index.ts";
import { pause, type Incoming, type Receiver } from "../transport/index.ts";
import type { Agent } from "./agent.ts";
import { resume } from "./deployment/resumption.ts";
import { withdraw, type Withdrawal } from "./deployment/withdraw.ts";
import { queueDeployments } from "./memory/queue.ts";
import { receive } from "./reception/receive.ts";
import type { Reception } from "./reception/verdict.ts";
import type { AgentEvent } from "./reports/events.ts";
import { readStatus, type AgentStatus } from "./reports/status.ts";
import type { Workplace } from "./workplace.ts";

const defaultRetryMs = 60_000;
/** A carrier shows its stale catalog again and again; the others are asked this often at most. */
const lookAroundMs = 60_000;

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
  #lookedAroundAt = -lookAroundMs;
  /** Aborted when something has come that unfinished work may have waited for. */
  #arrival = new AbortController();

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
    const end = new AbortController();
    const stop = AbortSignal.any([this.#signal(signal), end.signal]);
    const deaf = this.#place.obtainers.map((obtainer) =>
      obtainer.onArrival?.(() => this.#arrival.abort()),
    );
    const off = this.on(({ type }) => {
      if (type === "stale") this.#lookAround();
    });
    try {
      await this.#tend(stop);
      const working = this.#receivers.map((receiver) => this.#listen(receiver, stop));
      working.push(this.#retry(stop));
      try {
        await Promise.all(working);
      } finally {
        end.abort(); // what fails does not leave the others at work behind it
        await Promise.allSettled(working);
      }
    } catch (error) {
      if (!this.#signal(signal).aborted) throw error;
    } finally {
      for (const leave of [...deaf, off]) leave?.();
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
    const now = trust.at(clock.now());
    return readStatus({ ...agent, key, state, trust: now, fileSystem, dataDirectory });
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

  async #listen(receiver: Receiver, signal: AbortSignal): Promise<void> {
    try {
      for await (const incoming of receiver.receive({ signal })) {
        await this.receiveOne(incoming, { transport: receiver.name, signal });
        void this.#sendReceipts(signal).catch(() => undefined);
      }
    } catch (error) {
      if (signal.aborted) return;
      // One transport that cannot be listened to does not silence the others.
      const message = messageOf(error);
      this.#place.logger.log("error", message, { transport: receiver.name });
      this.#place.events.emit({ type: "unavailable", transport: receiver.name, message });
      if (this.#receivers.length === 1) throw error;
    }
  }

  /** News may be held back on one transport: all look now, not at their next turn (THREATS N9). */
  #lookAround(): void {
    const now = performance.now();
    if (now - this.#lookedAroundAt < lookAroundMs) return;
    this.#lookedAroundAt = now;
    for (const receiver of this.#receivers) receiver.lookNow?.();
  }

  async #retry(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const woken = AbortSignal.any([signal, this.#arrival.signal]);
      await pause(this.#place.policy.retryMs ?? defaultRetryMs, woken);
      if (this.#arrival.signal.aborted) this.#arrival = new AbortController();
      if (!signal.aborted) await this.#tend(signal);
    }
  }

  async #tend(signal: AbortSignal): Promise<void> {
    try {
      await this.resume({ signal });
    } catch (error) {
      this.#note(error, signal);
    }
    await this.#sendReceipts(signal);
  }

  async #sendReceipts(signal: AbortSignal): Promise<void> {
    try {
      await this.flush({ signal });
    } catch (error) {
      this.#note(error, signal);
    }
  }

  /** What goes wrong in the background is tried again: said, not thrown. */
  #note(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) throw error;
    this.#place.logger.log("error", messageOf(error));
  }

  /** What a kill interrupted comes first: a message must never meet a machine that is half way. */
  async #resumeFirst(signal: AbortSignal): Promise<void> {
    if (!this.#resumed) await this.#resume(signal);
  }

  /** Once more whenever something was installed: another may have waited for just that. */
  async #resume(signal: AbortSignal): Promise<number> {
    for (;;) {
      const { installed } = this.#place.state.memory;
      const unfinished = await this.#resumeEach(signal);
      this.#resumed = true;
      if (unfinished === 0 || this.#place.state.memory.installed === installed) return unfinished;
    }
  }

  async #resumeEach(signal: AbortSignal): Promise<number> {
    const { fileSystem, deploymentsDirectory, logger, policy } = this.#place;
    const { priority = [] } = policy;
    let unfinished = 0;
    for (const manifest of await queueDeployments(fileSystem, deploymentsDirectory, priority))
      try {
        if ((await resume(manifest, this.#place, signal))?.postponed !== undefined) unfinished++;
      } catch (error) {
        if (signal.aborted) throw error;
        unfinished++;
        const what = `A deployment could not be taken up: ${messageOf(error)}`;
        logger.log("error", what, { manifest });
      }
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
