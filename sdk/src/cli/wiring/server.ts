/** From a server's configuration to a server and everything it is given. */
import { join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import type { PackageHost } from "../../host/index.ts";
import type { KeySource, Logger } from "../../ports/index.ts";
import { openTrust } from "../../release/trust.ts";
import type { KeyConfig, ServerConfig } from "../../schema/index.ts";
import { createServer, type Server } from "../../server/index.ts";
import { sqliteStore } from "../../store/sqlite/index.ts";
import type { TrustSet } from "../../trust/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";
import { judgeEncryptionKeys } from "./encryption-keys.ts";
import { openHost } from "./host.ts";
import { openKey } from "./key.ts";
import { listenOptions } from "./listen.ts";
import { announceNear } from "./near.ts";
import { wireSenders } from "./senders.ts";
import { readKeptTrust } from "./trust-file.ts";

/** A server with what it was given. */
export interface WiredServer {
  readonly server: Server;
  readonly host: PackageHost;
  readonly trust: TrustSet;
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
    ...(listen === undefined ? {} : { listen }),
    ...(values.listen.publicUrl === undefined ? {} : { publicUrl: values.listen.publicUrl }),
  });
  return {
    server,
    host,
    trust,
    async close() {
      await near?.close();
      await server.close();
      await close();
      await store.close();
    },
  };
}

async function openConfiguredKey(
  terminal: Terminal,
  { resolve, path }: Configuration<unknown>,
  key: KeyConfig,
): Promise<KeySource> {
  const passphraseFile =
    key.passphraseFile === undefined ? {} : { passphraseFile: resolve(key.passphraseFile) };
  if (key.gpg !== undefined) return openKey(terminal, { gpg: key.gpg, ...passphraseFile });
  if (key.file !== undefined)
    return openKey(terminal, { key: resolve(key.file), ...passphraseFile });
  throw new OutriderError("KEY_MISSING", `${path} names no key for the server.`, {
    subject: path,
    pointer: "/key",
  });
}
