/**
 * Notifications by mail (patent 15, server half): one message for a batch, several RCPT on one kept connection, and an
 * outcome for every recipient. Relays are tried in order; an address that is not plain never reaches a relay.
 */
import { OutriderError } from "../../../errors/index.ts";
import {
  nodeFileSystem,
  silentLogger,
  systemClock,
  type Clock,
  type FileSystem,
  type KeySource,
  type Logger,
} from "../../../ports/index.ts";
import {
  throwIfCancelled,
  type Delivery,
  type DeliveryOutcome,
  type Sender,
} from "../../../transport/index.ts";
import { parseAddress, type MailAddress } from "../../../transport/mail-address.ts";
import { handToAny, type FinalAnswer } from "./failover.ts";
import { makeContent, makeMessage, type MailContent, type MessageMaker } from "./message.ts";
import { partSigner } from "./pgp-mime.ts";
import { openRelay, type Relay } from "./relay.ts";

/** How mail is sent. */
export interface EmailSenderOptions {
  /** Plain address that mails come from and bounces go to. */
  readonly from: string;
  /** Tried in order; at least one. */
  readonly relays: readonly Relay[];
  /** Largest archive that is attached, bytes before encoding; default 18 MiB (25 MB providers, base64). */
  readonly maxAttachmentBytes?: number;
  /** Recipients of one message; more are cut into several. Default 100 (RFC 5321 4.5.3.1.8). */
  readonly maxRecipients?: number;
  /** Signs the mail for people's mail programs (PGP/MIME). */
  readonly serverKey?: KeySource;
  readonly fileSystem?: FileSystem;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** A Sender with connections to close. */
export interface EmailSender extends Sender {
  /** Ends the idle connections; what is being sent is finished first. */
  close(): Promise<void>;
}

const defaultAttachmentBytes = 18 * 1024 * 1024;

/**
 * Sends by mail.
 *
 * @throws ADDRESS_INVALID for `from`, CONFIG_INVALID for no relay, or one without TLS on another machine
 */
export function emailSender(options: EmailSenderOptions): EmailSender {
  const from = parseAddress(options.from);
  if (options.relays.length === 0)
    throw new OutriderError(
      "CONFIG_INVALID",
      "The e-mail transport has no relay. Name at least one.",
    );
  const relays = options.relays.map((relay) => openRelay(relay, from.domain));
  const clock = options.clock ?? systemClock;
  const maker: MessageMaker = {
    from,
    fileSystem: options.fileSystem ?? nodeFileSystem,
    sign: options.serverKey === undefined ? undefined : partSigner(options.serverKey),
    now: () => clock.now(),
  };
  const logger = options.logger ?? silentLogger;
  const maxRecipients = options.maxRecipients ?? 100;
  const maxAttachmentBytes = options.maxAttachmentBytes ?? defaultAttachmentBytes;

  return {
    name: "email",
    async send(delivery, { signal } = {}) {
      throwIfCancelled(signal, `delivery ${delivery.id}`);
      const size = delivery.attachment?.size ?? 0;
      if (size > maxAttachmentBytes) {
        const detail = `The archive has ${size} bytes; mails of this transport carry ${maxAttachmentBytes}. Offer it instead.`;
        return delivery.recipients.map(({ agent }) => ({ agent, outcome: "rejected", detail }));
      }
      const outcomes = new Map<string, Verdict>();
      const addresses = readAddresses(delivery, outcomes);
      const content = await makeContent(maker, delivery);
      let failure: Error | undefined;
      for (let at = 0; at < addresses.length && failure === undefined; at += maxRecipients)
        try {
          await sendBatch(addresses.slice(at, at + maxRecipients), content, outcomes, signal);
        } catch (error) {
          if (at === 0) throw error; // nothing can be said of anybody
          failure = error as Error; // what went out before must not go out again
        }
      const untried: Verdict = { outcome: "deferred", detail: failure?.message ?? "" };
      return delivery.recipients.map(({ agent, address }) => ({
        agent,
        ...(outcomes.get(address) ?? untried),
      }));
    },
    async close() {
      for (const relay of relays) relay.close();
    },
  };

  async function sendBatch(
    batch: readonly WrittenAddress[],
    content: MailContent,
    outcomes: Map<string, Verdict>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const subject = `delivery ${content.delivery.id}`;
    const addresses = batch.map(({ address }) => address);
    const message = makeMessage(maker, content, addresses);
    const envelope = { from: from.text, to: addresses.map(({ text }) => text) };
    const answer = await handToAny(relays, async (relay) => {
      throwIfCancelled(signal, subject);
      const answer = await relay.hand(message, envelope, signal);
      if (answer.kind === "unavailable") throwIfCancelled(signal, subject);
      if (answer.kind !== "answered")
        logger.log("warn", `The relay ${relay.name} did not take a mail.`, {
          messageId: message.messageId,
          cause: answer.cause.message,
        });
      return answer;
    });
    for (const { written, address } of batch) outcomes.set(written, verdictOn(address, answer));
  }
}

type Verdict = Omit<DeliveryOutcome, "agent">;

interface WrittenAddress {
  readonly written: string;
  readonly address: MailAddress;
}

/** Every distinct address once; what is not an address has its verdict already. */
function readAddresses(delivery: Delivery, outcomes: Map<string, Verdict>): WrittenAddress[] {
  const found = new Map<string, WrittenAddress>();
  for (const { address: written } of delivery.recipients) {
    if (found.has(written) || outcomes.has(written)) continue;
    try {
      found.set(written, { written, address: parseAddress(written) });
    } catch (error) {
      outcomes.set(written, { outcome: "rejected", detail: (error as Error).message });
    }
  }
  return [...found.values()];
}

function verdictOn({ text }: MailAddress, answer: FinalAnswer): Verdict {
  if (answer.kind === "unanswered") return { outcome: "unknown", detail: answer.cause.message };
  const reply = answer.refused.get(text);
  if (reply === undefined) return { outcome: "accepted", detail: answer.detail };
  return { outcome: reply.code >= 500 ? "rejected" : "deferred", detail: reply.text };
}
