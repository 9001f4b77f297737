/** From a server's configuration to a server and everything it is given. */
import { join } from "node:path";
import type { PackageHost } from "../../host/index.ts";
import type { ServerStore } from "../../ledger/index.ts";
import type { Logger } from "../../ports/index.ts";
import { openTrust } from "../../release/trust.ts";
import type { ServerConfig } from "../../schema/index.ts";
import { createServer, judgeEncryptionKeys, type Server } from "../../server/index.ts";
import { sqliteStore } from "../../store/sqlite/index.ts";
import type { TrustSet } from "../../trust/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";
import { openHost } from "./host.ts";
import { openConfiguredKey } from "./key.ts";
import { listenOptions } from "./listen.ts";
import { announceNear } from "./near.ts";
import { wireSenders } from "./senders.ts";
import { wireStanding } from "./standing.ts";
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

/**
 * Makes the server; nothing runs before `start`.
 *
 * @throws TRUST_MISSING, KEY_*, FILE_MISSING, ADDRESS_INVALID, CONFIG_INVALID, STORE_FAILED
 */
export async function wireServer(
  terminal: Terminal,
  config: Configuration<ServerConfig>,
  options: { readonly logger: Logger; readonly listening: boolean },
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
  const store = sqliteStore({ path: join(dataDirectory, "store.sqlite") });
  if (values.agents !== undefined) await store.agents.put(values.agents);
  const { host, packages } = await openHost(terminal, config);
  const { spool } = values;
  const standing = options.listening
    ? await wireStanding(terminal, config, { host, trust, values: store.values })
    : undefined;
  const near = options.listening ? announceNear(config) : undefined;
  const server = createServer({
    trust,
    earlierTrust,
    key,
    store,
    packages,
    transports: [...transports, ...(near === undefined ? [] : [near.transport])],
    inboxes: options.listening ? inboxes : [],
    dataDirectory,
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
      await standing?.keepPushing(server, options.logger, signal);
    },
    async close() {
      await near?.close();
      await server.close();
      await close();
      await store.close();
    },
  };
}
