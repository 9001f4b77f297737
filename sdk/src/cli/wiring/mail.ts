/** An agent's mail: the one module through which it reaches a mail transport, so that it can be built without. */
import type { Logger } from "../../ports/index.ts";
import type { MaildirReceiverConfig } from "../../schema/index.ts";
import type { Receiver } from "../../transport/index.ts";
import { maildirReceiver, streamReceiver } from "../../transports/email/receiver/index.ts";

/** The mailboxes that a configuration may name. */
export type MailboxConfig = MaildirReceiverConfig;

/** What a mailbox needs beside its configuration. */
export interface MailboxSurroundings {
  /** Absolute path of something that the configuration names. */
  readonly resolve: (path: string) => string;
  /** Private folder of this receiver alone. */
  readonly spoolDirectory: string;
  readonly logger: Logger;
}

/** How an agent hears by mail. */
export interface MailReceivers {
  /** A mailbox that is listened to. */
  mailbox(config: MailboxConfig, surroundings: MailboxSurroundings): Receiver;
  /** One message from a pipe. */
  pipe(input: AsyncIterable<Uint8Array>, spoolDirectory: string): Receiver;
}

/** Every way there is. */
export const mailReceivers: MailReceivers = {
  mailbox: ({ path, pollSeconds, processed }, { resolve, spoolDirectory, logger }) =>
    maildirReceiver({
      path: resolve(path),
      spoolDirectory,
      logger,
      ...(pollSeconds === undefined ? {} : { pollMs: pollSeconds * 1000 }),
      ...(processed === undefined ? {} : { processed }),
    }),
  pipe: (input, spoolDirectory) => streamReceiver({ input, spoolDirectory }),
};
