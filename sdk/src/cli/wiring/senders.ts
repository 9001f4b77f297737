/** The ways out of a server's configuration, and the ways in beside HTTP. */
import { systemClock, type KeySource, type Logger } from "../../ports/index.ts";
import type { ServerConfig, SmtpConfig } from "../../schema/index.ts";
import type { Inbox, ServerTransport } from "../../server/index.ts";
import { emailSender } from "../../transports/email/sender/index.ts";
import { uncReceiptInbox } from "../../transports/unc/receipts/index.ts";
import { uncSender } from "../../transports/unc/sender/index.ts";
import type { Configuration } from "../config.ts";
import { readFileText, readSecret } from "../files.ts";
import type { Terminal } from "../io.ts";

/** Opened transports. */
export interface WiredTransports {
  readonly transports: ServerTransport[];
  /** Where messages come in beside HTTP. */
  readonly inboxes: Inbox[];
  readonly close: () => Promise<void>;
}

/** Opens them; nothing is sent yet. @throws FILE_MISSING, ADDRESS_INVALID, CONFIG_INVALID */
export async function wireSenders(
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
    wired.inboxes.push({ receiver: uncReceiptInbox({ root, logger }), via: "unc" });
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
