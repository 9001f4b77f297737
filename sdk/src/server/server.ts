/**
 * The server (patent 2, 6): takes triggers, controls and receipts, keeps deployments going, and can be asked.
 *
 * A factory without a singleton: everything it touches is given. It writes nothing to a console, holds no process
 * event, and when `close()` has resolved nothing of it runs any more.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { OutriderError } from "../errors/index.ts";
import {
  nodeFileSystem,
  silentLogger,
  systemClock,
  type Clock,
  type FileSystem,
  type KeySource,
  type Logger,
} from "../ports/index.ts";
import type { Source } from "../schema/index.ts";
import type { TrustSet } from "../trust/index.ts";
import { openAuditLog, type AuditLog } from "./audit/log.ts";
import { openCatalog, type Catalog } from "./catalog.ts";
import { conduct, type ConductParts } from "./deployments/conduct.ts";
import { takeControl } from "./deployments/controls.ts";
import { takeReceipt } from "./deployments/receipts.ts";
import { dispatch, type DispatchParts } from "./dispatch.ts";
import type { ServerEvent, Verdict } from "./events.ts";
import type { HttpListener, HttpOptions } from "./http/index.ts";
import type { NotifyParts } from "./notify.ts";
import type { PackageSource } from "./packages.ts";
import { runTrigger, type PipelineParts } from "./pipeline.ts";
import type { RawTrigger, WayIn } from "./raw.ts";
import { createRounds, type Rounds } from "./rounds.ts";
import type { ServerStore } from "./store.ts";
import { eventStream, type EventStream } from "./stream.ts";
import { httpChannel, profileOf, type ServerTransport } from "./transports.ts";

/** What a server is made of. */
export interface ServerOptions {
  /** Who may do what; `update` it to change it while the server runs. */
  readonly trust: TrustSet;
  /** The server's own key, of role `server`. */
  readonly key: KeySource;
  readonly store: ServerStore;
  readonly packages: PackageSource;
  /** Ways out, beside the HTTP channel. */
  readonly transports: readonly ServerTransport[];
  /** Folder of its own, for the audit log. */
  readonly dataDirectory: string;
  /** Serve HTTP; without it the server is dormant between calls of `submit`. */
  readonly listen?: HttpOptions;
  /** URL under which agents see the server, ending in a slash. Default: the bound address, unless it is a wildcard. */
  readonly publicUrl?: string;
  /** How long a catalog is fresh, milliseconds. Default a day. */
  readonly catalogValidMs?: number;
  /** Pause between two looks at what is due, milliseconds. Default 1,000. */
  readonly tickMs?: number;
  /** How long a sender may take for a job before another may take it over, milliseconds. Default 60,000. */
  readonly leaseMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly fileSystem?: FileSystem;
}

/** A server. */
export interface Server {
  /** Starts to listen and to send. @throws PORT_BUSY, KEY_ROLE, AUDIT_BROKEN, AUDIT_FAILED, CONFIG_INVALID */
  start(): Promise<{ readonly url?: string }>;
  /** A trigger, by any way in. */
  submit(bytes: Uint8Array, via?: WayIn): Promise<Verdict>;
  /** A control, by any way in. */
  control(bytes: Uint8Array, via?: WayIn): Promise<Verdict>;
  /** A receipt, by any way in. */
  receive(bytes: Uint8Array, via?: WayIn): Promise<Verdict>;
  /** Does what is due now and waits for it: for dormant servers and tests. */
  settle(): Promise<void>;
  /** The current signed catalog. */
  catalog(): Promise<Uint8Array>;
  /** What happens from now on. */
  events(): AsyncIterableIterator<ServerEvent>;
  /** Stops: what is being sent is finished or given back. The store stays open: it is the caller's. */
  close(): Promise<void>;
}

/** Makes a server; nothing runs before `start`, `submit`, `control` or `receive`. */
export function createServer(options: ServerOptions): Server {
  return new OutriderServer(options);
}

class OutriderServer implements Server {
  readonly #options: ServerOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #transports: readonly ServerTransport[];
  readonly #stream: EventStream<ServerEvent> = eventStream();
  readonly #catalog: Catalog;
  readonly #notify: NotifyParts;
  readonly #rounds: Rounds;
  #audit: Promise<AuditLog> | undefined;
  #listener: HttpListener | undefined;
  #isClosed = false;

  constructor(options: ServerOptions) {
    const { trust, key, store } = options;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#transports = [...options.transports, httpChannel];
    const signing = { key, values: store.values, clock: this.#clock };
    this.#notify = { ...signing, sources: () => this.#sources() };
    this.#catalog = openCatalog({
      ...signing,
      trustVersion: () => trust.document.version,
      ...(options.catalogValidMs === undefined ? {} : { validMs: options.catalogValidMs }),
    });
    this.#rounds = createRounds({
      transports: this.#transports,
      catalog: this.#catalog,
      conduct: () => conduct(this.#conductParts()),
      dispatch: (transport, except, signal) =>
        dispatch(transport, except, this.#dispatchParts(), signal),
      tickMs: options.tickMs ?? 1000,
      logger: this.#logger,
    });
  }

  async start(): Promise<{ readonly url?: string }> {
    this.#requireRole();
    await this.#openAudit();
    if (this.#options.listen === undefined) {
      this.#rounds.start();
      return {};
    }
    const { listen } = await import("./http/index.ts");
    this.#listener = await listen(this.#options.listen, {
      server: this,
      store: this.#options.store,
      packages: this.#options.packages,
      clock: this.#clock,
      logger: this.#logger,
    });
    this.#rounds.start();
    return { url: this.#listener.url };
  }

  async submit(bytes: Uint8Array, via: WayIn = "process"): Promise<Verdict> {
    const verdict = await runTrigger(this.#raw(bytes, via), await this.#pipelineParts());
    if (verdict.outcome === "accepted") this.#rounds.wake();
    return verdict;
  }

  async control(bytes: Uint8Array, via: WayIn = "process"): Promise<Verdict> {
    const { trust, store } = this.#options;
    const parts = {
      trust,
      deployments: store.deployments,
      catalog: this.#catalog,
      clock: this.#clock,
    };
    const verdict = await takeControl(this.#raw(bytes, via), {
      ...parts,
      ...(await this.#judgeParts()),
    });
    if (verdict.outcome === "accepted") this.#rounds.wake();
    return verdict;
  }

  async receive(bytes: Uint8Array, via: WayIn = "process"): Promise<Verdict> {
    const { trust, store } = this.#options;
    const parts = {
      trust,
      deployments: store.deployments,
      agents: store.agents,
      clock: this.#clock,
    };
    const verdict = await takeReceipt(this.#raw(bytes, via), {
      ...parts,
      ...(await this.#judgeParts()),
    });
    if (verdict.outcome === "accepted") this.#rounds.wake();
    return verdict;
  }

  async settle(): Promise<void> {
    this.#requireRole();
    await this.#rounds.settle();
  }

  async catalog(): Promise<Uint8Array> {
    return this.#catalog.current();
  }

  events(): AsyncIterableIterator<ServerEvent> {
    return this.#stream.watch();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#listener?.close();
    await this.#rounds.close();
    this.#stream.close();
    await (await this.#audit)?.close();
  }

  /** A key without the role would make notifications that every agent refuses: better said at once. */
  #requireRole(): void {
    const { key, trust } = this.#options;
    if (!trust.document.roles.server.keys.includes(key.fingerprint))
      throw new OutriderError(
        "KEY_ROLE",
        `Key ${key.fingerprint} does not have the role server in version ${trust.document.version} of the trust document. Agents would refuse what it signs.`,
        { subject: key.fingerprint },
      );
  }

  #raw(bytes: Uint8Array, via: WayIn): RawTrigger {
    if (this.#isClosed) throw new OutriderError("CANCELLED", "The server is closed.");
    return { bytes, via, receivedAt: this.#clock.now() };
  }

  /** `http` before `unc`, as in Fig. 4: steps 88 and 89. */
  #sources(): Source[] {
    const url = this.#options.publicUrl ?? this.#listener?.agentUrl;
    const hasShare = this.#transports.some(({ carriage }) => carriage === "share");
    return [
      ...(url === undefined
        ? []
        : [{ kind: "http", url: new URL("packages/", url).href } as const]),
      ...(hasShare ? [{ kind: "unc" } as const] : []),
    ];
  }

  async #openAudit(): Promise<AuditLog> {
    const { dataDirectory, fileSystem = nodeFileSystem } = this.#options;
    this.#audit ??= openAuditLog({ path: join(dataDirectory, "audit.jsonl"), fileSystem });
    return this.#audit;
  }

  readonly #tell = (event: ServerEvent): void => this.#stream.tell(event);

  async #judgeParts(): Promise<{ audit: AuditLog; tell: (event: ServerEvent) => void }> {
    return { audit: await this.#openAudit(), tell: this.#tell };
  }

  async #pipelineParts(): Promise<PipelineParts> {
    const { trust, packages, store } = this.#options;
    const profiles = this.#transports.map(profileOf);
    return {
      ...(await this.#judgeParts()),
      store,
      authenticate: {
        trust,
        packages,
        deployments: store.deployments,
        isRecalled: (manifest) => this.#catalog.isRecalled(manifest),
      },
      validate: { agents: store.agents, transports: new Set(profiles.map(({ name }) => name)) },
      balance: { transports: profiles, hasSources: () => this.#sources().length > 0 },
    };
  }

  #conductParts(): ConductParts {
    const { packages, store } = this.#options;
    return {
      deployments: store.deployments,
      packages,
      catalog: this.#catalog,
      notify: this.#notify,
      clock: this.#clock,
      tell: this.#tell,
    };
  }

  readonly #worker = randomUUID();

  #dispatchParts(): DispatchParts {
    return {
      ...this.#conductParts(),
      worker: this.#worker,
      leaseMs: this.#options.leaseMs ?? 60_000,
    };
  }
}
