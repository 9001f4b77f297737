/** An agent's mail: the one module through which it reaches a mail transport, so that it can be built without. */
import { emailObtainer } from "../../obtain/email/index.ts";
import type { Logger } from "../../ports/index.ts";
import type { EmailObtainConfig, EmailReceiptConfig, MailboxConfig } from "../../schema/index.ts";
import type { Obtainer, ReceiptSender, Receiver } from "../../transport/index.ts";
import { PartSpool } from "../../transport/parts/index.ts";
import { emailReceiptSender } from "../../transports/email/receipts/index.ts";
import { archives, streamReceiver, type Unsealer } from "../../transports/email/receiver/index.ts";
import { openMailbox, secretFile, type ConfiguredFiles } from "./mailbox.ts";

/** What an agent's mail needs beside its configuration. */
export interface MailSurroundings extends ConfiguredFiles {
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
    mailbox: (mailbox, spool) =>
      openMailbox(mailbox, { ...surroundings, interest, spoolDirectory: spoolDirectory(spool) }),
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
