/** Paces of mail providers, from their own published limits (docs/guide/mail.md names the pages). */
import type { Pace } from "./pace.ts";

/** A relay of one's own: nothing but courtesy towards the destinations. */
const relay: Pace = {
  recipientsPerMessage: 50,
  perDestination: { messagesPerMinute: 60 },
};

/** Exchange Online: 30 messages a minute, 10,000 recipients a day, 500 recipients a message. */
const exchangeOnline: Pace = {
  messagesPerMinute: 30,
  recipientsPerDay: 10_000,
  recipientsPerMessage: 500,
};

/** Gmail and Google Workspace over SMTP: 2,000 recipients a day, 100 recipients a message. */
const gmail: Pace = {
  messagesPerMinute: 20,
  recipientsPerDay: 2000,
  recipientsPerMessage: 100,
};

/** By name, as the configuration names them. */
export const providerPaces: Readonly<Record<"relay" | "exchangeOnline" | "gmail", Pace>> = {
  relay,
  exchangeOnline,
  gmail,
};
