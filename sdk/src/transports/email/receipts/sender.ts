/**
 * Receipts by mail: an agent's way back where there is neither HTTP nor a share.
 *
 * - Both addresses come from this machine's configuration only; nothing that was received is ever answered (THREATS N16).
 * - The return path is empty unless told otherwise, so that a receipt that cannot be delivered makes no mail at all.
 * - TLS as for every mail of ours: demanded, but on loopback.
 */
import { Readable } from "node:stream";
import { OutriderError } from "../../../errors/index.ts";
import { systemClock, type Clock } from "../../../ports/index.ts";
import { parseAddress, type ReceiptSender } from "../../../transport/index.ts";
import { handToAny } from "../sender/failover.ts";
import { openRelay, type Relay } from "../sender/relay.ts";
import { writeReceiptMail } from "./receipt-mail.ts";

/** Where receipts go, and by which relay. */
export interface EmailReceiptSenderOptions {
  /** The server's mailbox; plain address. */
  readonly to: string;
  /** This machine's own address; plain. */
  readonly from: string;
  readonly relay: Omit<Relay, "login" | "maxConnections">;
  /** The password is asked for each time, so that a new one needs no restart. */
  readonly login?: { readonly user: string; readonly password: () => Promise<string> };
  /** Where the mail system reports that it could not deliver: nowhere, or to `from`. Default `none`. */
  readonly bounces?: "none" | "from";
  readonly clock?: Clock;
}

/** Sends receipts by mail. @throws ADDRESS_INVALID; CONFIG_INVALID for mail without TLS to another machine */
export function emailReceiptSender(options: EmailReceiptSenderOptions): ReceiptSender {
  const { login, bounces = "none", clock = systemClock } = options;
  const from = parseAddress(options.from);
  const to = parseAddress(options.to);
  openRelay(options.relay, from.domain).close(); // what is wrong with it is said at once
  const returnPath = bounces === "none" ? "" : from.text;
  return {
    name: "email",
    async send(bytes, { signal }) {
      const { user } = login ?? {};
      const password = await login?.password();
      // Opened for each receipt: agents send few, and an idle connection would keep a dormant agent's process alive.
      const relay = openRelay(
        {
          ...options.relay,
          ...(user === undefined || password === undefined ? {} : { login: { user, password } }),
        },
        from.domain,
      );
      try {
        const mail = writeReceiptMail(bytes, { from, to, date: clock.now() });
        const message = {
          messageId: mail.messageId,
          reference: undefined, // an answer to it is of no interest
          open: () => Readable.from([mail.bytes]),
        };
        const envelope = { from: returnPath, to: [to.text] };
        const answer = await handToAny([relay], () => relay.hand(message, envelope, signal));
        if (answer.kind === "unanswered")
          throw unavailable(relay.name, "did not answer", answer.cause); // sent again, with the same Message-ID
        const refused = answer.refused.get(to.text);
        if (refused !== undefined) throw unavailable(relay.name, `said: ${refused.text}`);
      } finally {
        relay.close();
      }
    },
  };
}

function unavailable(relay: string, what: string, cause?: unknown): OutriderError {
  return new OutriderError("UNAVAILABLE", `The mail relay ${relay} took no receipt: it ${what}.`, {
    subject: relay,
    cause,
  });
}
