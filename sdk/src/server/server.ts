/**
 * The server (patent 2, 6): takes triggers, controls and receipts, keeps deployments going, and can be asked.
 *
 * A factory without a singleton: everything it touches is given. It writes nothing to a console, holds no process
 * event, and when `close()` has resolved nothing of it runs any more.
 */
import { OutriderError } from "../errors/index.ts";
import type { SealedDocument } from "../messages/index.ts";
import type { ReturnedMail } from "../transport/index.ts";
import type { AuditLine } from "./audit/entry.ts";
import type { AuditRequest } from "./audit/latest.ts";
import type { HttpListener } from "./http/index.ts";
import { takeControl } from "./intake/controls.ts";
import { takeMessage } from "./intake/inbox.ts";
import { takeReceipt } from "./intake/receipts.ts";
import { takeReturned, type ReturnedVerdict } from "./intake/returned.ts";
import { changeTrust } from "./intake/trust-change.ts";
import type { ServerEvent, Verdict } from "./news/events.ts";
import type { WatchedEvent } from "./news/news.ts";
import type { ServerOptions } from "./options.ts";
import { assembleParts, type ServerParts } from "./parts.ts";
import { runTrigger } from "./pipeline.ts";
import { readinessOf, type Readiness } from "./process/readiness.ts";
import { createRounds, type Rounds } from "./process/rounds.ts";
import { requireServerKey } from "./process/server-key.ts";
import { shareOf, type Share } from "./process/share.ts";
import { makeBundle, type Bundle, type BundleOptions } from "./publishing/bundle.ts";
import type { RawTrigger, WayIn } from "./raw.ts";
import { dispatch } from "./sending/dispatch.ts";

/** A server. */
export interface Server {
  /**
   * Starts to listen and to send; asked once more, it answers the same.
   *
   * @throws PORT_BUSY, SERVER_BUSY, KEY_ROLE, AUDIT_BROKEN, AUDIT_FAILED, CONFIG_INVALID, FILE_UNREADABLE, SPACE
   */
  start(): Promise<{ readonly url?: string }>;
  /** A trigger, control or receipt: the first bytes say which. */
  take(bytes: Uint8Array, via?: WayIn): Promise<Verdict>;
  /** A trigger, by any way in. */
  submit(bytes: Uint8Array, via?: WayIn): Promise<Verdict>;
  /** A control, by any way in. */
  control(bytes: Uint8Array, via?: WayIn): Promise<Verdict>;
  /** A receipt, by any way in. */
  receive(bytes: Uint8Array, via?: WayIn): Promise<Verdict>;
  /**
   * The next trust document: from now on it decides, and agents are shown it.
   *
   * @returns `known` for the one in force already.
   * @throws the codes of TrustSet.update; AUDIT_FAILED
   */
  updateTrust(next: SealedDocument<"trust/1">, via?: WayIn): Promise<"applied" | "known">;
  /**
   * A carrier's report on a message of this server's.
   *
   * @returns `ignored` where it is about none; `early` where the job that wrote it is not booked yet: say it again
   * later.
   */
  returned(mail: ReturnedMail): Promise<ReturnedVerdict>;
  /** Does what is due now and waits for it: for dormant servers and tests. */
  settle(): Promise<void>;
  /** The current signed catalog. */
  catalog(): Promise<Uint8Array>;
  /**
   * What goes on a stick: what is current now, under a catalog that is good for longer and counts on sticks only.
   *
   * @throws PACKAGE_UNKNOWN, STORE_FAILED and what the key source throws
   */
  bundle(options: BundleOptions): Promise<Bundle>;
  /** A trust document, as an envelope, by its version. */
  trustDocument(version: number): Uint8Array | undefined;
  /** Can it do its work now? Never throws; takes four seconds at most. */
  readiness(): Promise<Readiness>;
  /** The latest entries of the audit log, the latest first; of a large log only its end is looked through. */
  audit(request: AuditRequest): Promise<AuditLine[]>;
  /** What this process does from now on. */
  events(): AsyncIterableIterator<ServerEvent>;
  /** What all processes on this store do, from now on or after a mark that was told with an event. */
  watch(after?: string): AsyncIterableIterator<WatchedEvent>;
  /** Stops: what is being sent is finished or given back. The store stays open: it is the caller's. */
  close(): Promise<void>;
}

/** Makes a server; nothing runs before `start`, `submit`, `control` or `receive`. */
export function createServer(options: ServerOptions): Server {
  return new OutriderServer(options);
}

class OutriderServer implements Server {
  readonly #options: ServerOptions;
  readonly #parts: ServerParts;
  readonly #rounds: Rounds;
  readonly #share: Share;
  readonly #stop = new AbortController();
  #listening: Promise<void>[] = [];
  #listener: HttpListener | undefined;
  #started: Promise<{ readonly url?: string }> | undefined;
  #isClosed = false;

  constructor(options: ServerOptions) {
    this.#options = options;
    const publicUrl = (): string | undefined => options.publicUrl ?? this.#listener?.agentUrl;
    const parts = assembleParts(options, publicUrl);
    this.#parts = parts;
    const share = shareOf(options, { ...parts, leases: options.store.leases });
    this.#share = share;
    this.#rounds = createRounds({
      transports: share.does("sender") ? parts.senders : [],
      catalog: parts.catalog,
      trustShelf: parts.trustShelf,
      listed: parts,
      conduct: async () => {
        requireServerKey(options); // a new trust document may have taken the role away
        return share.conduct();
      },
      dispatch: async (transport, except, signal) => dispatch(transport, except, parts, signal),
      tickMs: options.tickMs ?? 1000,
      logger: parts.logger,
    });
  }

  async start(): Promise<{ readonly url?: string }> {
    this.#started ??= this.#begin();
    try {
      return await this.#started;
    } catch (error) {
      this.#started = undefined;
      throw error;
    }
  }

  async #begin(): Promise<{ readonly url?: string }> {
    requireServerKey(this.#options);
    await this.#parts.audit.open();
    if (this.#options.listen !== undefined && this.#share.does("api")) {
      // Loaded only by servers that listen: a dormant one starts without Fastify.
      const { listen } = await import("./http/index.ts");
      const { store, packages } = this.#options;
      const { clock, logger } = this.#parts;
      this.#listener = await listen(this.#options.listen, {
        server: this,
        store,
        packages,
        clock,
        logger,
      });
    }
    this.#rounds.start();
    this.#parts.news.onWork(() => this.#rounds.wake());
    this.#listening = this.#share.listen(this, this.#stop.signal);
    return this.#listener === undefined ? {} : { url: this.#listener.url };
  }

  async take(bytes: Uint8Array, via: WayIn = "process"): Promise<Verdict> {
    return takeMessage(bytes, via, this);
  }

  async submit(bytes: Uint8Array, via: WayIn = "process"): Promise<Verdict> {
    return this.#woken(await runTrigger(this.#raw(bytes, via), this.#parts));
  }

  async control(bytes: Uint8Array, via: WayIn = "process"): Promise<Verdict> {
    return this.#woken(await takeControl(this.#raw(bytes, via), this.#parts));
  }

  async receive(bytes: Uint8Array, via: WayIn = "process"): Promise<Verdict> {
    return this.#woken(await takeReceipt(this.#raw(bytes, via), this.#parts));
  }

  async updateTrust(
    next: SealedDocument<"trust/1">,
    via: WayIn = "process",
  ): Promise<"applied" | "known"> {
    const outcome = await changeTrust(next, via, this.#parts);
    if (outcome === "known") return outcome;
    this.#parts.trustShelf.put(next);
    this.#rounds.wake();
    return outcome;
  }

  async returned(mail: ReturnedMail): Promise<ReturnedVerdict> {
    const outcome = await takeReturned(mail, this.#parts);
    if (outcome === "accepted") this.#rounds.wake();
    return outcome;
  }

  async settle(): Promise<void> {
    await this.#rounds.settle();
  }

  async catalog(): Promise<Uint8Array> {
    return this.#parts.catalog.current();
  }

  async bundle(options: BundleOptions): Promise<Bundle> {
    requireServerKey(this.#options);
    return makeBundle(options, this.#parts);
  }

  trustDocument(version: number): Uint8Array | undefined {
    return this.#parts.trustShelf.find(version)?.envelope;
  }

  async readiness(): Promise<Readiness> {
    return readinessOf({ ...this.#parts, key: this.#options.key });
  }

  async audit(request: AuditRequest): Promise<AuditLine[]> {
    return this.#parts.audit.latest(request);
  }

  events(): AsyncIterableIterator<ServerEvent> {
    return this.#parts.news.events();
  }

  watch(after?: string): AsyncIterableIterator<WatchedEvent> {
    return this.#parts.news.watch(after);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stop.abort();
    await this.#listener?.close();
    await Promise.all(this.#listening);
    await this.#rounds.close();
    await this.#share.release();
    this.#parts.news.close();
    await this.#parts.audit.close();
  }

  #raw(bytes: Uint8Array, via: WayIn): RawTrigger {
    if (this.#isClosed) throw new OutriderError("CANCELLED", "The server is closed.");
    return { bytes, via, receivedAt: this.#parts.clock.now() };
  }

  /** What was accepted makes work: do not wait for the tick. */
  #woken(verdict: Verdict): Verdict {
    if (verdict.outcome === "accepted") this.#rounds.wake();
    return verdict;
  }
}
