/** A mailbox that a configuration names, the agent's or the server's, and what it is listened to for. */
import { OutriderError } from "../../errors/index.ts";
import type { Logger } from "../../ports/index.ts";
import type { ImapReceiverConfig, MailboxConfig, Pop3ReceiverConfig } from "../../schema/index.ts";
import type { Receiver } from "../../transport/index.ts";
import {
  imapReceiver,
  maildirReceiver,
  pop3Receiver,
  type ImapReceiverOptions,
  type MailInterest,
  type PasswordLogin,
} from "../../transports/email/receiver/index.ts";

/** Where a configuration's own files are. */
export interface ConfiguredFiles {
  /** Absolute path of something that the configuration names. */
  readonly resolve: (path: string) => string;
  /** Text of a file that the configuration names. @throws FILE_MISSING, FILE_UNREADABLE */
  readonly readText: (path: string) => Promise<string>;
  /** The password or token in such a file. @throws FILE_MISSING, FILE_UNREADABLE */
  readonly readSecret: (path: string) => Promise<string>;
}

/** What a mailbox needs beside its configuration. */
export interface MailboxSurroundings extends ConfiguredFiles {
  /** Which mail is taken. */
  readonly interest: MailInterest;
  /** Private folder of this mailbox alone. */
  readonly spoolDirectory: string;
  readonly logger: Logger;
}

/** Listened to when it is asked. @throws FILE_MISSING, FILE_UNREADABLE, CONFIG_INVALID */
export async function openMailbox(
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
  { spoolDirectory, interest, logger }: MailboxSurroundings,
): {
  readonly spoolDirectory: string;
  readonly interest: MailInterest;
  readonly logger: Logger;
  readonly pollMs?: number;
} {
  return {
    spoolDirectory,
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
export async function secretFile(
  path: string,
  readSecret: ConfiguredFiles["readSecret"],
): Promise<() => Promise<string>> {
  await readSecret(path);
  return () => readSecret(path);
}
