/** A server's mail: how it sends, and the mailboxes that it reads. */
import { join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { systemClock, type KeySource, type Logger } from "../../ports/index.ts";
import { mailProfile } from "../../release/ways-out.ts";
import type { EmailSenderConfig, ServerConfig, SmtpConfig } from "../../schema/index.ts";
import type { Inbox, ServerTransport } from "../../server/index.ts";
import { serverMail } from "../../transports/email/mailbox/index.ts";
import {
  emailSender,
  type Dkim,
  type EmailSender,
  type Relay,
} from "../../transports/email/sender/index.ts";
import { openMailbox, secretFile, type ConfiguredFiles } from "./mailbox.ts";

/** A way out by mail, with connections to close. */
export interface WiredMail {
  readonly transport: ServerTransport;
  readonly sender: EmailSender;
}

/** Opens the way out. @throws FILE_MISSING, FILE_UNREADABLE, ADDRESS_INVALID, CONFIG_INVALID */
export async function wireMail(
  config: EmailSenderConfig,
  files: ConfiguredFiles,
  serverKey: KeySource,
  logger: Logger,
): Promise<WiredMail> {
  const { from, relays, dkim, unsubscribe } = config;
  const { name: _name, ...profile } = mailProfile(config);
  const { maxAttachmentBytes, pace } = profile;
  const sender = emailSender({
    from,
    relays: await Promise.all(relays.map((relay) => relayOf(relay, files))),
    serverKey,
    logger,
    clock: systemClock,
    ...(maxAttachmentBytes === undefined ? {} : { maxAttachmentBytes }),
    ...(pace?.recipientsPerMessage === undefined
      ? {}
      : { maxRecipients: pace.recipientsPerMessage }),
    ...(dkim === undefined ? {} : { dkim: await dkimOf(dkim, files) }),
    ...(unsubscribe === undefined ? {} : { unsubscribe }),
  });
  return { transport: { sender, ...profile }, sender };
}

/** The mailboxes; listened to when the server is started. @throws FILE_MISSING, FILE_UNREADABLE, CONFIG_INVALID */
export async function wireMailboxes(
  { mailboxes = [], dataDirectory }: Pick<ServerConfig, "mailboxes" | "dataDirectory">,
  files: ConfiguredFiles,
  logger: Logger,
): Promise<Inbox[]> {
  const interest = serverMail(logger);
  return Promise.all(
    mailboxes.map(async (mailbox, at): Promise<Inbox> => {
      const spoolDirectory = join(files.resolve(dataDirectory), `mailbox-${at + 1}`);
      const receiver = await openMailbox(mailbox, { ...files, interest, spoolDirectory, logger });
      return { receiver, via: "email" };
    }),
  );
}

async function relayOf(relay: SmtpConfig, files: ConfiguredFiles): Promise<Relay> {
  const { host, port, tls = "starttls", caFile } = relay;
  const login = await loginOf(relay, files);
  return {
    host,
    tls,
    ...(port === undefined ? {} : { port }),
    ...(login === undefined ? {} : { login }),
    ...(caFile === undefined ? {} : { ca: await files.readText(caFile) }),
  };
}

/** A password, a token that is read anew for each connection, or nothing where the relay asks for nothing. */
async function loginOf(
  { host, user, passwordFile, accessTokenFile }: SmtpConfig,
  { readSecret }: ConfiguredFiles,
): Promise<Relay["login"]> {
  const given = [user, passwordFile ?? accessTokenFile].filter((each) => each !== undefined);
  const isBoth = passwordFile !== undefined && accessTokenFile !== undefined;
  if (given.length === 1 || isBoth)
    throw new OutriderError(
      "CONFIG_INVALID",
      `The login at the relay ${host} needs a user, and either a passwordFile or an accessTokenFile.`,
      { subject: host },
    );
  if (user === undefined) return undefined;
  if (passwordFile !== undefined) return { user, password: await readSecret(passwordFile) };
  if (accessTokenFile === undefined) return undefined;
  return { user, accessToken: await secretFile(accessTokenFile, readSecret) };
}

async function dkimOf(
  { domain, selector, keyFile }: NonNullable<EmailSenderConfig["dkim"]>,
  { readText }: ConfiguredFiles,
): Promise<Dkim> {
  return { domain, selector, privateKey: await readText(keyFile) };
}
