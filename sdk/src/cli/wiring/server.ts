/** From a server's configuration to a server and everything it is given. */
import { join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { directoryHost, type DirectoryHost } from "../../host/index.ts";
import { systemClock, type KeySource, type Logger } from "../../ports/index.ts";
import type { KeyConfig, ServerConfig, SmtpConfig } from "../../schema/index.ts";
import {
  createServer,
  type HttpOptions,
  type Server,
  type ServerTransport,
} from "../../server/index.ts";
import { sqliteStore } from "../../store/sqlite/index.ts";
import type { Receiver } from "../../transport/index.ts";
import { emailSender } from "../../transports/email/sender/index.ts";
import { uncReceiptInbox } from "../../transports/unc/receipts/index.ts";
import { uncSender } from "../../transports/unc/sender/index.ts";
import type { TrustSet } from "../../trust/index.ts";
import type { Configuration } from "../config.ts";
import { readFileText, readSecret } from "../files.ts";
import type { Terminal } from "../io.ts";
import { openKey } from "./key.ts";
import { openTrust } from "./trust.ts";

/** A server with what it was given. */
export interface WiredServer {
  readonly server: Server;
  readonly host: DirectoryHost;
  readonly trust: TrustSet;
  /** Where receipts come in beside HTTP. */
  readonly inboxes: readonly Receiver[];
  /** Closes everything, the server first. */
  close(): Promise<void>;
}

/** Opens the package host of a server. */
export async function openHost(config: Configuration<ServerConfig>): Promise<DirectoryHost> {
  return directoryHost({ path: join(config.resolve(config.values.dataDirectory), "host") });
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
  const trust = await openTrust(terminal, resolve(values.trustFile));
  const key = await openConfiguredKey(terminal, config, values.key);
  const listen = options.listening ? await listenOptions(terminal, config) : undefined;
  const { transports, inboxes, close } = await wireTransports(
    terminal,
    config,
    key,
    options.logger,
  );
  const dataDirectory = resolve(values.dataDirectory);
  const store = sqliteStore({ path: join(dataDirectory, "store.sqlite") });
  if (values.agents !== undefined) await store.agents.put(values.agents);
  const host = await openHost(config);
  const server = createServer({
    trust,
    key,
    store,
    packages: host,
    transports,
    dataDirectory,
    logger: options.logger,
    ...(listen === undefined ? {} : { listen }),
    ...(values.listen.publicUrl === undefined ? {} : { publicUrl: values.listen.publicUrl }),
  });
  return {
    server,
    host,
    trust,
    inboxes,
    async close() {
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

async function listenOptions(
  terminal: Terminal,
  { values, resolve }: Configuration<ServerConfig>,
): Promise<HttpOptions> {
  const { host, port, tokenFile, tlsCertificateFile, tlsKeyFile } = values.listen;
  const tls =
    tlsCertificateFile === undefined || tlsKeyFile === undefined
      ? {}
      : {
          tls: {
            certificate: await readFileText(terminal, resolve(tlsCertificateFile)),
            key: await readFileText(terminal, resolve(tlsKeyFile)),
          },
        };
  return {
    port,
    ...(host === undefined ? {} : { host }),
    ...(tokenFile === undefined ? {} : { token: await readSecret(terminal, resolve(tokenFile)) }),
    ...tls,
  };
}

interface WiredTransports {
  readonly transports: ServerTransport[];
  readonly inboxes: Receiver[];
  readonly close: () => Promise<void>;
}

async function wireTransports(
  terminal: Terminal,
  { values, resolve }: Configuration<ServerConfig>,
  serverKey: KeySource,
  logger: Logger,
): Promise<WiredTransports> {
  const { email, unc } = values.transports ?? {};
  const wired: WiredTransports = { transports: [], inboxes: [], close: async () => undefined };
  if (unc !== undefined) {
    const root = resolve(unc.root);
    const sender = uncSender({ root });
    wired.transports.push({
      sender,
      carriage: "share",
      publish: (news, signal) => sender.publish(news, signal),
    });
    wired.inboxes.push(uncReceiptInbox({ root, logger }));
  }
  if (email === undefined) return wired;
  const size =
    email.maxAttachmentBytes === undefined ? {} : { maxAttachmentBytes: email.maxAttachmentBytes };
  const sender = emailSender({
    from: email.from,
    relays: await Promise.all(email.relays.map((relay) => relayOptions(terminal, relay, resolve))),
    serverKey,
    logger,
    clock: systemClock,
    ...size,
  });
  wired.transports.push({ sender, carriage: "message", ...size });
  return { ...wired, close: () => sender.close() };
}

type Relay = Parameters<typeof emailSender>[0]["relays"][number];

async function relayOptions(
  terminal: Terminal,
  relay: SmtpConfig,
  resolve: (path: string) => string,
): Promise<Relay> {
  const { host, port, tls = "starttls", user, passwordFile, caFile } = relay;
  const login =
    user === undefined || passwordFile === undefined
      ? {}
      : { login: { user, password: await readSecret(terminal, resolve(passwordFile)) } };
  return {
    host,
    tls,
    ...(port === undefined ? {} : { port }),
    ...login,
    ...(caFile === undefined ? {} : { ca: await readFileText(terminal, resolve(caFile)) }),
  };
}
