/**
 * The agent: wires receivers, obtainers, trust, journal and strategies into one thing that a product embeds. No
 * globals, no output of its own. Messages are dealt with one at a time, so that no two deployments ever meet.
 */
import { join } from "node:path";
import { OutriderError } from "../errors/index.ts";
import { thisMachine } from "../package/index.ts";
import { nodeFileSystem, silentLogger, systemClock } from "../ports/index.ts";
import { agentKeySource } from "../signing/index.ts";
import { pause, type Incoming, type Receiver } from "../transport/index.ts";
import { EventHub, type AgentEvent } from "./events.ts";
import { Journal, listDeployments, type JournalRecord } from "./journal.ts";
import { openAgentKey } from "./key.ts";
import { lockDirectory } from "./lock.ts";
import type { AgentOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { openPrivateDirectory } from "./private-directory.ts";
import { processRunner } from "./program.ts";
import { receive } from "./reception.ts";
import { resume } from "./resumption.ts";
import { AgentState, type InstalledRelease, type QuarantinedRelease } from "./state.ts";
import { TrustKeeper } from "./trust-keeper.ts";
import type { Reception } from "./verdict.ts";
import type { Workplace } from "./workplace.ts";

/** A running agent. */
export interface Agent {
  /** Takes up what was left, then listens to all receivers, retries, sends receipts, until aborted. */
  run(options: { readonly signal: AbortSignal }): Promise<void>;
  /** Deals with one message, for dormant agents and for products with transports of their own; settles it. */
  receiveOne(
    incoming: Incoming,
    options?: { readonly transport?: string; readonly signal?: AbortSignal },
  ): Promise<Reception>;
  /** Goes on with unfinished deployments once. @returns how many are still unfinished */
  resume(options?: { readonly signal?: AbortSignal }): Promise<number>;
  /** Sends the receipts that wait. @returns how many still wait */
  flush(options?: { readonly signal?: AbortSignal }): Promise<number>;
  /** Where everything stands. */
  status(): Promise<AgentStatus>;
  /** Events from now on, until closed. */
  events(): AsyncIterable<AgentEvent>;
  /** Calls the listener for each event. @returns ends that */
  on(listener: (event: AgentEvent) => void): () => void;
  /** Waits for the work in hand, ends the events, gives the directory back. */
  close(): Promise<void>;
}

/** Where everything stands. */
export interface AgentStatus {
  readonly id: string;
  readonly groups: readonly string[];
  /** The public half of its key: what a server is given to know it. */
  readonly key: { readonly fingerprint: string; readonly packet: string };
  readonly installed: Readonly<Record<string, InstalledRelease>>;
  readonly unfinished: readonly Pick<JournalRecord, "package" | "state" | "failure">[];
  readonly quarantined: readonly QuarantinedRelease[];
  readonly trust: { readonly version: number; readonly expiresAt: string };
  readonly receiptsWaiting: number;
}

const defaultRetryMs = 60_000;

/**
 * Opens the agent's directories and takes their lock.
 *
 * @throws AGENT_BUSY, DIRECTORY_UNSAFE, KEY_REFUSED, and those of TrustSet.open for the first trust document
 */
export async function createAgent(options: AgentOptions): Promise<Agent> {
  const { fileSystem = nodeFileSystem, clock = systemClock, logger = silentLogger } = options;
  const { dataDirectory, installDirectory, policy = {} } = options;
  await openPrivateDirectory(fileSystem, dataDirectory);
  await openPrivateDirectory(fileSystem, installDirectory);
  const lock = await lockDirectory(fileSystem, dataDirectory);
  try {
    const identity = { id: options.id, groups: options.groups };
    const state = await AgentState.open(
      fileSystem,
      { data: dataDirectory, install: installDirectory },
      { bundled: options.bundled ?? {}, now: clock.now() },
    );
    if (state.lost)
      logger.log(
        "warn",
        "The agent's memory was lost or damaged; versions were taken from their copies.",
        { dataDirectory },
      );
    const trust = await TrustKeeper.open(fileSystem, dataDirectory, state, identity, options.trust);
    const key = await openAgentKey(fileSystem, dataDirectory, clock);
    const outbox = new Outbox({
      agent: options.id,
      directory: join(dataDirectory, "receipts"),
      fileSystem,
      state,
      key: agentKeySource(key, clock),
      senders: options.receiptSenders,
      logger,
    });
    const place: Workplace = {
      agent: identity,
      machine: { ...thisMachine(), facts: options.facts },
      installDirectory,
      deploymentsDirectory: join(dataDirectory, "deployments"),
      fileSystem,
      clock,
      logger,
      obtainers: options.obtainers,
      programs: options.programs ?? processRunner,
      vendor: options.deployer,
      policy,
      state,
      trust,
      outbox,
      events: new EventHub(),
      halted: new Set(),
    };
    trust.at(clock.now()); // a first trust document that does not hold is said at once
    return new OpenAgent(
      place,
      options.receivers,
      { fingerprint: key.fingerprint, packet: key.packet },
      () => lock.release(),
    );
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class OpenAgent implements Agent {
  readonly #place: Workplace;
  readonly #receivers: readonly Receiver[];
  readonly #key: AgentStatus["key"];
  readonly #release: () => Promise<void>;
  readonly #closing = new AbortController();
  #last: Promise<unknown> = Promise.resolve();
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

  async run({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    try {
      await this.#tend(stop);
      const listening = this.#receivers.map((receiver) => this.#listen(receiver, stop));
      await Promise.all([...listening, this.#retry(stop)]);
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
      const { installed } = this.#place.state.memory;
      const reception = await receive(raw, this.#place, signal);
      // What waited for just this release can go on.
      if (this.#place.state.memory.installed !== installed) await this.#resume(signal);
      return reception;
    }, options.signal);
  }

  async resume(options: { readonly signal?: AbortSignal } = {}): Promise<number> {
    return this.#inTurn((signal) => this.#resume(signal), options.signal);
  }

  async flush(options: { readonly signal?: AbortSignal } = {}): Promise<number> {
    const { outbox } = this.#place;
    // Listed in turn, so that no deployment is about to report; sent beside it, for a server may be slow.
    const sending = this.#sending.then(async () => {
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
    const { agent, state, trust, clock, outbox, fileSystem, deploymentsDirectory } = this.#place;
    const unfinished: Pick<JournalRecord, "package" | "state" | "failure">[] = [];
    for (const manifest of await listDeployments(fileSystem, deploymentsDirectory)) {
      const record = await new Journal(fileSystem, deploymentsDirectory, manifest).read();
      if (record === undefined || record.state === "reported") continue;
      const { state, failure } = record;
      unfinished.push({
        package: record.package,
        state,
        ...(failure === undefined ? {} : { failure }),
      });
    }
    const { version, expiresAt } = trust.at(clock.now()).document;
    const { installed, quarantined } = state.memory;
    return {
      ...agent,
      key: this.#key,
      installed,
      unfinished,
      quarantined,
      trust: { version, expiresAt },
      receiptsWaiting: (await outbox.waiting()).length,
    };
  }

  events(): AsyncIterable<AgentEvent> {
    return this.#place.events.iterate();
  }

  on(listener: (event: AgentEvent) => void): () => void {
    return this.#place.events.on(listener);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#last;
    await this.#sending;
    this.#place.events.close();
    await this.#release();
  }

  async #listen(receiver: Receiver, signal: AbortSignal): Promise<void> {
    try {
      for await (const incoming of receiver.receive({ signal })) {
        await this.receiveOne(incoming, { transport: receiver.name, signal });
        await this.#sendReceipts(signal);
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

  async #retry(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(this.#place.policy.retryMs ?? defaultRetryMs, signal);
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

  async #resume(signal: AbortSignal): Promise<number> {
    const { fileSystem, deploymentsDirectory, logger } = this.#place;
    let unfinished = 0;
    for (const manifest of await listDeployments(fileSystem, deploymentsDirectory))
      try {
        if ((await resume(manifest, this.#place, signal))?.postponed !== undefined) unfinished++;
      } catch (error) {
        if (signal.aborted) throw error;
        unfinished++;
        logger.log("error", `A deployment could not be taken up: ${messageOf(error)}`, {
          manifest,
        });
      }
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
    const turn = this.#last.then(() => {
      if (!signal.aborted) return work(signal);
      throw new OutriderError("CANCELLED", "The agent was told to stop.", { cause: signal.reason });
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
