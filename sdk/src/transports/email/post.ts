/**
 * Takes signed documents to the server's mailbox, by one relay.
 *
 * - Both addresses come from this machine's configuration or its operator; nothing that was received is ever answered
 *   (THREATS N16).
 * - TLS as for every mail of ours: demanded, but on loopback.
 */
import { Readable } from "node:stream";
import { OutriderError } from "../../errors/index.ts";
import { systemClock, type Clock } from "../../ports/index.ts";
import { parseAddress } from "../../transport/index.ts";
import { writeDocumentMail, type MailedKind } from "./document-mail.ts";
import { handToAny } from "./sender/failover.ts";
import { openRelay, type Relay } from "./sender/relay.ts";

/** From where to where, and by which relay. */
export interface PostOptions {
  /** The server's mailbox; plain address. */
  readonly to: string;
  /** The writer's own address; plain. */
  readonly from: string;
  readonly relay: Omit<Relay, "login" | "maxConnections">;
  /** The password is asked for each time, so that a new one needs no restart. */
  readonly login?: { readonly user: string; readonly password: () => Promise<string> };
  /** Where the mail system reports that it could not deliver: nowhere, or to `from`. */
  readonly bounces: "none" | "from";
  readonly clock?: Clock;
}

/** Hands one document over. @throws UNAVAILABLE where the relay did not take it, CANCELLED */
export type Post = (
  document: Uint8Array,
  options: { readonly signal?: AbortSignal },
) => Promise<void>;

/** Prepares it. @throws ADDRESS_INVALID; CONFIG_INVALID for mail without TLS to another machine */
export function openPost(kind: MailedKind, options: PostOptions): Post {
  const { login, bounces, clock = systemClock } = options;
  const from = parseAddress(options.from);
  const to = parseAddress(options.to);
  openRelay(options.relay, from.domain).close(); // what is wrong with it is said at once
  const returnPath = bounces === "none" ? "" : from.text;
  return async (document, { signal }) => {
    const { user } = login ?? {};
    const password = await login?.password();
    // Opened for each: few are sent, and an idle connection would keep a dormant process alive.
    const relay = openRelay(
      {
        ...options.relay,
        ...(user === undefined || password === undefined ? {} : { login: { user, password } }),
      },
      from.domain,
    );
    try {
      const mail = writeDocumentMail(document, kind, { from, to, date: clock.now() });
      const message = {
        messageId: mail.messageId,
        reference: undefined, // an answer to it is of no interest
        open: () => Readable.from([mail.bytes]),
      };
      const envelope = { from: returnPath, to: [to.text] };
      const answer = await handToAny([relay], () => relay.hand(message, envelope, signal));
      const refusal = (what: string, cause?: unknown): OutriderError =>
        new OutriderError(
          "UNAVAILABLE",
          `The mail relay ${relay.name} took no ${kind.name}: it ${what}.`,
          { subject: relay.name, cause },
        );
      if (answer.kind === "unanswered") throw refusal("did not answer", answer.cause); // sent again, with the same Message-ID
      const refused = answer.refused.get(to.text);
      if (refused !== undefined) throw refusal(`said: ${refused.text}`);
    } finally {
      relay.close();
    }
  };
}
