/**
 * The server's pulse: look what is due, move deployments, let each transport send. A round starts when something came
 * in and at least every tick; a transport that is slow holds up neither the others nor the next round.
 */
import { isOutriderError } from "../../errors/index.ts";
import type { Logger } from "../../ports/index.ts";
import type { ServerTransport } from "../carriage/transports.ts";
import type { Catalog } from "../publishing/catalog.ts";
import { releasesOf, type ListedParts } from "../publishing/listed.ts";
import type { TrustShelf } from "../publishing/trust-shelf.ts";

/** What a round needs. */
export interface RoundsParts {
  readonly transports: readonly ServerTransport[];
  readonly catalog: Pick<Catalog, "current">;
  readonly trustShelf: Pick<TrustShelf, "list">;
  readonly listed: ListedParts;
  /** Moves deployments; returns those that may not send now. */
  conduct(): Promise<string[]>;
  /** Sends what is due by this transport; returns how many jobs. */
  dispatch(
    transport: ServerTransport,
    except: readonly string[],
    signal: AbortSignal,
  ): Promise<number>;
  readonly tickMs: number;
  readonly logger: Logger;
}

/** The pulse. */
export interface Rounds {
  start(): void;
  /** Something came in: do not wait for the tick. */
  wake(): void;
  /** Rounds until nothing more is due. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a pulse that does not beat yet. */
export function createRounds(parts: RoundsParts): Rounds {
  return new Pulse(parts);
}

/** What kept a transport from sending the last time. */
interface Fault {
  readonly message: string;
  readonly pauseMs: number;
  /** By `performance.now()`: its catalog is not shown before. */
  readonly untilMs: number;
}

const longestPauseMs = 60_000;

class Pulse implements Rounds {
  readonly #parts: RoundsParts;
  readonly #stop = new AbortController();
  readonly #sending = new Map<ServerTransport, Promise<number>>();
  readonly #shown = new Map<ServerTransport, string>();
  readonly #faults = new Map<ServerTransport, Fault>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #isStarted = false;
  #isWoken = false;

  constructor(parts: RoundsParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#isStarted = true;
    this.wake();
  }

  wake(): void {
    this.#isWoken = true;
    if (!this.#isStarted || this.#stop.signal.aborted || this.#round !== undefined) return;
    clearTimeout(this.#timer);
    this.#round = this.#beat();
  }

  async settle(): Promise<void> {
    for (let done = 1; done > 0 && !this.#stop.signal.aborted;) {
      await this.#round;
      this.#begin(await this.#parts.conduct());
      done = (await Promise.all(this.#sending.values())).reduce((sum, count) => sum + count, 0);
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#round;
    await Promise.allSettled(this.#sending.values());
  }

  async #beat(): Promise<void> {
    try {
      while (this.#isWoken && !this.#stop.signal.aborted) {
        this.#isWoken = false;
        this.#begin(await this.#parts.conduct());
      }
    } catch (error) {
      // The store or the key is out of reach: the next tick tries again, nothing was half done.
      this.#parts.logger.log("error", "A round failed and is tried again.", { error });
    } finally {
      this.#round = undefined;
      if (!this.#stop.signal.aborted)
        this.#timer = setTimeout(() => this.wake(), this.#parts.tickMs);
    }
  }

  /** Lets every transport send that is not at it already. */
  #begin(except: readonly string[]): void {
    for (const transport of this.#parts.transports) {
      if (this.#sending.has(transport)) continue;
      const sending = this.#send(transport, except);
      this.#sending.set(transport, sending);
    }
  }

  async #send(transport: ServerTransport, except: readonly string[]): Promise<number> {
    try {
      const done = await this.#parts.dispatch(transport, except, this.#stop.signal);
      if (done > 0) this.#isWoken = true; // what was sent may let the deployment go on
      if ((this.#faults.get(transport)?.untilMs ?? 0) > performance.now()) return done;
      await this.#heartbeat(transport);
      const { name } = transport.sender;
      if (this.#faults.delete(transport))
        this.#parts.logger.log("info", `Sending by ${name} works again.`, { transport: name });
      return done;
    } catch (error) {
      this.#report(transport, error);
      return 0;
    } finally {
      this.#sending.delete(transport);
      if (this.#isWoken) this.wake();
    }
  }

  /**
   * A share shows every new catalog, also when nothing is sent: silence must not look like peace. After sending, never
   * beside it: what the catalog lists must be on the share before, also where all of a later wave are told by mail.
   */
  async #heartbeat(transport: ServerTransport): Promise<void> {
    if (transport.publish === undefined || this.#stop.signal.aborted) return;
    const catalog = await this.#parts.catalog.current(this.#stop.signal);
    const text = new TextDecoder().decode(catalog);
    if (this.#shown.get(transport) === text) return;
    const trust = this.#parts.trustShelf.list();
    const { listed, logger } = this.#parts;
    const releases =
      transport.carriage === "share" ? await releasesOf(catalog, listed, logger) : [];
    await transport.publish({ catalog, trust, releases }, { signal: this.#stop.signal });
    this.#shown.set(transport, text);
  }

  /** A share that is away all night is said once, not at every tick, and looked for with growing pauses. */
  #report(transport: ServerTransport, error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    const before = this.#faults.get(transport);
    const pauseMs = Math.min((before?.pauseMs ?? this.#parts.tickMs) * 2, longestPauseMs);
    this.#faults.set(transport, { message, pauseMs, untilMs: performance.now() + pauseMs });
    if (before?.message === message) return;
    const { name } = transport.sender;
    this.#parts.logger.log(
      "error",
      `Sending by ${name} failed and is tried again: ${message}`,
      isOutriderError(error) ? { transport: name, code: error.code } : { transport: name, error },
    );
  }
}
