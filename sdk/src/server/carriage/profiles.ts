/** What mail providers bear, from their own published limits (docs/guide/mail.md names the pages). */
import type { TransportProfile } from "./transports.ts";

/** Profile of a provider: how fast, and how large a mail. */
export type MailProvider = Pick<Required<TransportProfile>, "pace" | "maxAttachmentBytes">;

/**
 * Octets of an archive in a mail of this size: base64 lines take 78 octets for 57, and 1.5 MB are left for the text,
 * the notification and what relays add.
 */
function archiveIn(mailBytes: number): number {
  return Math.floor(((mailBytes - 1_500_000) / 78) * 57);
}

/** Nothing is known: what nearly every mail server takes. */
const generic: MailProvider = {
  pace: {
    messagesPerMinute: 60,
    recipientsPerMessage: 50,
    perDestination: { messagesPerMinute: 30 },
  },
  maxAttachmentBytes: archiveIn(10_240_000), // Postfix, out of the box
};

/** A relay of one's own: nothing but courtesy towards the destinations. */
const relay: MailProvider = {
  pace: { recipientsPerMessage: 50, perDestination: { messagesPerMinute: 60 } },
  maxAttachmentBytes: archiveIn(26_214_400),
};

/** Exchange Online: 30 messages a minute, 10,000 recipients a day, 500 recipients a message, 35 MB out of the box. */
const exchangeOnline: MailProvider = {
  pace: { messagesPerMinute: 30, recipientsPerDay: 10_000, recipientsPerMessage: 500 },
  maxAttachmentBytes: archiveIn(36_700_160),
};

/** Gmail and Google Workspace over SMTP: 2,000 recipients a day, 100 recipients a message, 25 MB. */
const gmail: MailProvider = {
  pace: { messagesPerMinute: 20, recipientsPerDay: 2000, recipientsPerMessage: 100 },
  maxAttachmentBytes: archiveIn(25_000_000),
};

/** By name, as the configuration names them. */
export const mailProviders: Readonly<
  Record<"generic" | "relay" | "exchangeOnline" | "gmail", MailProvider>
> = { generic, relay, exchangeOnline, gmail };
