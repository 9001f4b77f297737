/** An agent's mail: the one module through which it reaches a mail transport, so that it can be built without. */
import { OutriderError } from "../../errors/index.ts";
import type { Logger } from "../../ports/index.ts";
import type {
  ImapReceiverConfig,
  MaildirReceiverConfig,
  Pop3ReceiverConfig,
} from "../../schema/index.ts";
import type { Receiver } from "../../transport/index.ts";
import {
  imapReceiver,
  maildirReceiver,
  pop3Receiver,
  streamReceiver,
  type ImapReceiverOptions,
  type PasswordLogin,
} from "../../transports/email/receiver/index.ts";

/** The mailboxes that a configuration may name. */
export type MailboxConfig = ImapReceiverConfig | MaildirReceiverConfig | Pop3ReceiverConfig;

/** What a mailbox needs beside its configuration. */
export interface MailboxSurroundings {
  /** Absolute path of something that the configuration names. */
  readonly resolve: (path: string) => string;
  /** Text of a file that the configuration names. @throws FILE_MISSING, FILE_UNREADABLE */
  readonly readText: (path: string) => Promise<string>;
  /** The password or token in such a file. @throws FILE_MISSING, FILE_UNREADABLE */
  readonly readSecret: (path: string) => Promise<string>;
  /** Private folder of this receiver alone. */
  readonly spoolDirectory: string;
  readonly logger: Logger;
}

/** How an agent hears by mail. */
export interface MailReceivers {
  /** A mailbox that is listened to. @throws FILE_MISSING, FILE_UNREADABLE, CONFIG_INVALID */
  mailbox(config: MailboxConfig, surroundings: MailboxSurroundings): Promise<Receiver>;
  /** One message from a pipe. */
  pipe(input: AsyncIterable<Uint8Array>, spoolDirectory: string): Receiver;
}

/** Every way there is. */
export const mailReceivers: MailReceivers = {
  async mailbox(config, surroundings) {
    if (config.kind === "imap") return imapMailbox(config, surroundings);
    if (config.kind === "pop3") return pop3Mailbox(config, surroundings);
    const { path, processed } = config;
    return maildirReceiver({
      path: surroundings.resolve(path),
      ...common(config, surroundings),
      ...(processed === undefined ? {} : { processed }),
    });
  },
  pipe: (input, spoolDirectory) => streamReceiver({ input, spoolDirectory }),
};

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
  { spoolDirectory, logger }: MailboxSurroundings,
): { readonly spoolDirectory: string; readonly logger: Logger; readonly pollMs?: number } {
  return {
    spoolDirectory,
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
  await surroundings.readSecret(accessTokenFile);
  return { user, accessToken: () => surroundings.readSecret(accessTokenFile) };
}

/** A file that is missing is said at once; later it is read at every login. */
async function passwordLogin(
  user: string,
  passwordFile: string,
  { readSecret }: MailboxSurroundings,
): Promise<PasswordLogin> {
  await readSecret(passwordFile);
  return { user, password: () => readSecret(passwordFile) };
}
