/** From a server's configuration to a server and everything it is given. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { PackageHost } from "../../host/index.ts";
import type { ServerStore } from "../../ledger/index.ts";
import { systemClock, type Logger } from "../../ports/index.ts";
import { openTrust } from "../../release/trust.ts";
import type { ServerConfig } from "../../schema/index.ts";
import {
  createServer,
  judgeEncryptionKeys,
  whileHolding,
  type Server,
  type ServerRole,
} from "../../server/index.ts";
import type { TrustSet } from "../../trust/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";
import { openHost } from "./host.ts";
import { openConfiguredKey } from "./key.ts";
import { listenOptions } from "./listen.ts";
import { announceNear } from "./near.ts";
import { wireSenders } from "./senders.ts";
import { wireStanding } from "./standing.ts";
import { openStore } from "./store.ts";
import { readKeptTrust } from "./trust-file.ts";

/** A server with what it was given. */
export interface WiredServer {
  readonly server: Server;
  readonly host: PackageHost;
  readonly store: ServerStore;
  readonly trust: TrustSet;
  /** Carries out the standing pushes of the configuration whenever they fire, until aborted. */
  keepPushing(signal: AbortSignal): Promise<void>;
  /** Closes everything, the server first. */
  close(): Promise<void>;
}

/** One process of several on one store. */
export interface ProcessPart {
  readonly roles: readonly ServerRole[];
  /** Of its own folder in the data directory, which holds its audit log: no two at a time have the same. */
  readonly name: string;
}

/**
 * Makes the server; nothing runs before `start`.
 *
 * @throws TRUST_MISSING, KEY_*, FILE_MISSING, ADDRESS_INVALID, CONFIG_INVALID, STORE_FAILED
 */
export async function wireServer(
  terminal: Terminal,
  config: Configuration<ServerConfig>,
  options: {
    readonly logger: Logger;
    readonly listening: boolean;
    /** Default: everything, alone. */
    readonly part?: ProcessPart;
  },
): Promise<WiredServer> {
  const { values, resolve } = config;
  const trustFile = resolve(values.trustFile);
  const trust = await openTrust(terminal, trustFile);
  const before = trust.document.version;
  const earlierTrust = await readKeptTrust(terminal, trustFile, { after: 0, before });
  const key = await openConfiguredKey(terminal, config, values.key);
  const listen = options.listening ? await listenOptions(terminal, config) : undefined;
  const { transports, inboxes, close } = await wireSenders(terminal, config, key, options.logger);
  const dataDirectory = resolve(values.dataDirectory);
  await judgeEncryptionKeys(values.agents ?? []);
  const { part } = options;
  const does = (role: ServerRole): boolean => part === undefined || part.roles.includes(role);
  const store = await openStore(terminal, config);
  if (values.agents !== undefined) await store.agents.put(values.agents);
  const { host, packages } = await openHost(terminal, config);
  const { spool } = values;
  const standing = options.listening
    ? await wireStanding(terminal, config, { host, trust, values: store.values })
    : undefined;
  const near =
    options.listening && does("api") && does("sender")
      ? announceNear(config, options.logger)
      : undefined;
  const server = createServer({
    trust,
    earlierTrust,
    key,
    store,
    packages,
    transports: [...transports, ...(near === undefined ? [] : [near.transport])],
    inboxes: options.listening ? inboxes : [],
    dataDirectory: part === undefined ? dataDirectory : join(dataDirectory, "process", part.name),
    ...(part === undefined ? {} : { roles: part.roles }),
    logger: options.logger,
    ...(listen === undefined ? {} : { listen: { ...listen, hooks: standing?.hooks ?? [] } }),
    ...(spool === undefined || !options.listening
      ? {}
      : { spool: { directory: resolve(spool.directory) } }),
    ...(values.listen.publicUrl === undefined ? {} : { publicUrl: values.listen.publicUrl }),
  });
  return {
    server,
    host,
    store,
    trust,
    async keepPushing(signal) {
      const push = async (until: AbortSignal): Promise<void> =>
        standing?.keepPushing(server, options.logger, until);
      if (part === undefined) return push(signal);
      if (!does("scheduler")) return undefined;
      const { leases, clock = systemClock } = store;
      const lease = { leases, clock, logger: options.logger, holder: randomUUID() };
      return whileHolding("standing", lease, push, signal);
    },
    async close() {
      await near?.close();
      await server.close();
      await close();
      await store.close();
    },
  };
}
