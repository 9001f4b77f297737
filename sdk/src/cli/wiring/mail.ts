/** An agent's mail: the one module through which it reaches a mail transport, so that it can be built without. */
import { OutriderError } from "../../errors/index.ts";
import { emailObtainer } from "../../obtain/email/index.ts";
import type { Logger } from "../../ports/index.ts";
import type {
  EmailObtainConfig,
  EmailReceiptConfig,
  ImapReceiverConfig,
  MaildirReceiverConfig,
  Pop3ReceiverConfig,
} from "../../schema/index.ts";
import type { Obtainer, ReceiptSender, Receiver } from "../../transport/index.ts";
import { PartSpool } from "../../transport/parts/index.ts";
import { emailReceiptSender } from "../../transports/email/receipts/index.ts";
import {
  archives,
  imapReceiver,
  maildirReceiver,
  pop3Receiver,
  streamReceiver,
  type ImapReceiverOptions,
  type MailInterest,
  type PasswordLogin,
  type Unsealer,
} from "../../transports/email/receiver/index.ts";

/** The mailboxes that a configuration may name. */
export type MailboxConfig = ImapReceiverConfig | MaildirReceiverConfig | Pop3ReceiverConfig;

/** What an agent's mail needs beside its configuration. */
export interface MailSurroundings {
  /** Absolute path of something that the configuration names. */
  readonly resolve: (path: string) => string;
  /** Text of a file that the configuration names. @throws FILE_MISSING, FILE_UNREADABLE */
  readonly readText: (path: string) => Promise<string>;
  /** The password or token in such a file. @throws FILE_MISSING, FILE_UNREADABLE */
  readonly readSecret: (path: string) => Promise<string>;
  /** Private folder of this name alone. */
  readonly spoolDirectory: (name: string) => string;
  /** Opens what was encrypted for this machine. */
  readonly unsealer?: Unsealer;
  readonly logger: Logger;
}

/** What an agent hears, obtains and sends by mail. */
export interface AgentMail {
  /** A mailbox that is listened to. @throws FILE_MISSING, FILE_UNREADABLE, CONFIG_INVALID */
  mailbox(config: MailboxConfig, spool: string): Promise<Receiver>;
  /** One message from a pipe; `onPart` is told of one that is a part of an archive. */
  pipe(input: AsyncIterable<Uint8Array>, onPart: () => void): Receiver;
  /** Archives that come in parts. */
  readonly obtainer: Obtainer;
  /** To the server's mailbox. @throws FILE_MISSING, FILE_UNREADABLE, CONFIG_INVALID, ADDRESS_INVALID */
  receipts(config: EmailReceiptConfig): Promise<ReceiptSender>;
}

/** Opens an agent's mail: whatever hears puts parts of archives into one spool. */
export function openAgentMail(
  config: EmailObtainConfig,
  surroundings: MailSurroundings,
): AgentMail {
  const { maxBytes, keepDays, patienceSeconds, maxRequests } = config;
  const { spoolDirectory, unsealer, logger } = surroundings;
  const parts = new PartSpool({
    directory: spoolDirectory("parts"),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(keepDays === undefined ? {} : { maxAgeMs: keepDays * 86_400_000 }),
  });
  const interest = archives({ parts, logger, ...(unsealer === undefined ? {} : { unsealer }) });
  return {
    mailbox: (mailbox, spool) => wireMailbox(mailbox, { ...surroundings, interest, spool }),
    pipe: (input, onPart) =>
      streamReceiver({
        input,
        interest,
        spoolDirectory: spoolDirectory("stdin"),
        onSettled: (verdict) => {
          if (verdict === "handled") onPart();
        },
      }),
    obtainer: emailObtainer({
      parts,
      ...(patienceSeconds === undefined ? {} : { patienceMs: patienceSeconds * 1000 }),
      ...(maxRequests === undefined ? {} : { maxRequests }),
    }),
    receipts: (receipts) => wireReceipts(receipts, surroundings),
  };
}

interface MailboxSurroundings extends MailSurroundings {
  readonly interest: MailInterest;
  readonly spool: string;
}

async function wireReceipts(
  { to, from, host, port, tls = "starttls", login, caFile, bounces }: EmailReceiptConfig,
  { readText, readSecret }: MailSurroundings,
): Promise<ReceiptSender> {
  return emailReceiptSender({
    to,
    from,
    relay: {
      host,
      tls,
      ...(port === undefined ? {} : { port }),
      ...(caFile === undefined ? {} : { ca: await readText(caFile) }),
    },
    ...(login === undefined
      ? {}
      : {
          login: {
            user: login.user,
            password: await secretFile(login.passwordFile, readSecret),
          },
        }),
    ...(bounces === undefined ? {} : { bounces }),
  });
}

async function wireMailbox(
  config: MailboxConfig,
  surroundings: MailboxSurroundings,
): Promise<Receiver> {
  if (config.kind === "imap") return imapMailbox(config, surroundings);
  if (config.kind === "pop3") return pop3Mailbox(config, surroundings);
  const { path, processed } = config;
  return maildirReceiver({
    path: surroundings.resolve(path),
    ...common(config, surroundings),
    ...(processed === undefined ? {} : { processed }),
  });
}

async function imapMailbox(
  config: ImapReceiverConfig,
  surroundings: MailboxSurroundings,
): Promise<Receiver> {
  const { folder, junk, processed, moveTo = "Outrider" } = config;
  return imapReceiver({
    server: {
      ...(await serverOf(config, surroundings)),
      login: await loginOf(config, surroundings),
    },
    ...common(config, surroundings),
    ...(folder === undefined ? {} : { folder }),
    ...(junk === undefined ? {} : { junk }),
    ...(processed === undefined
      ? {}
      : { processed: processed === "move" ? { moveTo } : processed }),
  });
}

async function pop3Mailbox(
  config: Pop3ReceiverConfig,
  surroundings: MailboxSurroundings,
): Promise<Receiver> {
  const { user, passwordFile, processed } = config;
  return pop3Receiver({
    server: {
      ...(await serverOf(config, surroundings)),
      login: await passwordLogin(user, passwordFile, surroundings),
    },
    ...common(config, surroundings),
    ...(processed === undefined ? {} : { processed }),
  });
}

function common(
  { pollSeconds }: MailboxConfig,
  { spoolDirectory, spool, interest, logger }: MailboxSurroundings,
): {
  readonly spoolDirectory: string;
  readonly interest: MailInterest;
  readonly logger: Logger;
  readonly pollMs?: number;
} {
  return {
    spoolDirectory: spoolDirectory(spool),
    interest,
    logger,
    ...(pollSeconds === undefined ? {} : { pollMs: pollSeconds * 1000 }),
  };
}

async function serverOf(
  { host, port, tls, caFile }: ImapReceiverConfig | Pop3ReceiverConfig,
  { readText }: MailboxSurroundings,
): Promise<Omit<ImapReceiverOptions["server"], "login">> {
  return {
    host,
    ...(port === undefined ? {} : { port }),
    ...(tls === undefined ? {} : { tls }),
    ...(caFile === undefined ? {} : { ca: await readText(caFile) }),
  };
}

async function loginOf(
  { user, passwordFile, accessTokenFile }: ImapReceiverConfig,
  surroundings: MailboxSurroundings,
): Promise<ImapReceiverOptions["server"]["login"]> {
  if (passwordFile !== undefined && accessTokenFile === undefined)
    return passwordLogin(user, passwordFile, surroundings);
  if (accessTokenFile === undefined || passwordFile !== undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      `The mailbox of ${user} needs either a passwordFile or an accessTokenFile.`,
      { subject: user },
    );
  return { user, accessToken: await secretFile(accessTokenFile, surroundings.readSecret) };
}

async function passwordLogin(
  user: string,
  passwordFile: string,
  { readSecret }: MailboxSurroundings,
): Promise<PasswordLogin> {
  return { user, password: await secretFile(passwordFile, readSecret) };
}

/** A file that is missing is said at once; later it is read each time the secret is needed. */
async function secretFile(
  path: string,
  readSecret: MailSurroundings["readSecret"],
): Promise<() => Promise<string>> {
  await readSecret(path);
  return () => readSecret(path);
}
