/**
 * Notifications and archives by mail (patent 15, server half): one message for a batch, several RCPT on kept
 * connections, and an outcome for every recipient. Relays are tried in order; an address that is not plain never
 * reaches a relay.
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
  parseAddress,
  throwIfCancelled,
  type DeliveryOutcome,
  type Sender,
} from "../../../transport/index.ts";
import { batchesOf, type Batch } from "./batches.ts";
import { handToAny, type FinalAnswer } from "./failover.ts";
import { letterOf, letterOfPart, type Letter } from "./letter.ts";
import { makeMessage, type MessageMaker } from "./message.ts";
import { partSigner } from "./pgp-mime.ts";
import { openRelay, type Dkim, type Relay } from "./relay.ts";

/** How mail is sent. */
export interface EmailSenderOptions {
  /** Plain address that mails come from and bounces go to. */
  readonly from: string;
  /** Tried in order; at least one. */
  readonly relays: readonly Relay[];
  /** Largest archive, or part of one, in a mail, bytes before encoding; default 18 MiB (25 MB providers, base64). */
  readonly maxAttachmentBytes?: number;
  /** Recipients of one message; more are cut into several. Default 100 (RFC 5321 4.5.3.1.8). */
  readonly maxRecipients?: number;
  /** Signs the mail for people's mail programs (PGP/MIME). */
  readonly serverKey?: KeySource;
  readonly dkim?: Dkim;
  /** Shown to people: a `https:` or `mailto:` URL (List-Unsubscribe). */
  readonly unsubscribe?: string;
  readonly fileSystem?: FileSystem;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** A Sender with connections to close. */
export interface EmailSender extends Required<Sender> {
  /** Ends the idle connections; what is being sent is finished first. */
  close(): Promise<void>;
}

const defaultAttachmentBytes = 18 * 1024 * 1024;
const defaultConnections = 5;

/**
 * Sends by mail.
 *
 * @throws ADDRESS_INVALID for `from`, CONFIG_INVALID for no relay, one without TLS on another machine, or an
 * `unsubscribe`
 *   that is no such URL
 */
export function emailSender(options: EmailSenderOptions): EmailSender {
  const from = parseAddress(options.from);
  const [first] = options.relays;
  if (first === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      "The e-mail transport has no relay. Name at least one.",
    );
  const relays = options.relays.map((relay) => openRelay(relay, from.domain, options.dkim));
  const clock = options.clock ?? systemClock;
  const fileSystem = options.fileSystem ?? nodeFileSystem;
  const maker: MessageMaker = {
    from,
    sign: options.serverKey === undefined ? undefined : partSigner(options.serverKey),
    unsubscribe: options.unsubscribe === undefined ? undefined : plainUrl(options.unsubscribe),
    now: () => clock.now(),
  };
  const logger = options.logger ?? silentLogger;
  const maxRecipients = options.maxRecipients ?? 100;
  const maxAttachmentBytes = options.maxAttachmentBytes ?? defaultAttachmentBytes;

  return {
    name: "email",
    async send(delivery, { signal } = {}) {
      const size = delivery.attachment?.size ?? 0;
      return post(letterOf(delivery, from.text, fileSystem), size, signal);
    },
    async sendPart(part, { signal } = {}) {
      return post(letterOfPart(part, from.text, fileSystem), part.bytes, signal);
    },
    async close() {
      for (const relay of relays) relay.close();
    },
  };

  async function post(
    letter: Letter,
    bytes: number,
    signal: AbortSignal | undefined,
  ): Promise<DeliveryOutcome[]> {
    throwIfCancelled(signal, letter.subject);
    const { recipients } = letter.addressed;
    if (bytes > maxAttachmentBytes) {
      const detail = `The archive has ${bytes} bytes; mails of this transport carry ${maxAttachmentBytes}. Offer it instead.`;
      return recipients.map(({ agent }) => ({ agent, outcome: "rejected", detail }));
    }
    const verdicts = new Map<string, Verdict>();
    const batches = batchesOf(letter, maker, { maxRecipients, verdicts });
    let failure: Error | undefined;
    // Enough at a time that no connection waits for its next mail; they share the one iterator.
    const work = async (): Promise<void> => {
      for await (const batch of batches) {
        if (failure !== undefined) return;
        await sendBatch(batch, verdicts, signal);
      }
    };
    const workers = Array.from({ length: 2 * (first?.maxConnections ?? defaultConnections) }, () =>
      work().catch((error: unknown) => void (failure ??= error as Error)),
    );
    await Promise.all(workers);
    // Of nobody can anything be said; else what went out before must not go out again.
    if (failure !== undefined && verdicts.size === 0) throw failure;
    const detail = failure?.message ?? "";
    return recipients.map(({ agent, address }) => ({
      agent,
      ...(verdicts.get(address) ?? { outcome: "deferred", detail }),
    }));
  }

  async function sendBatch(
    { content, recipients }: Batch,
    verdicts: Map<string, Verdict>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { subject } = content.letter;
    const addresses = recipients.map(({ address }) => address);
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
    for (const { written, address } of recipients)
      verdicts.set(written, verdictOn(address.text, answer));
  }
}

/** What is said of one recipient. */
export type Verdict = Omit<DeliveryOutcome, "agent">;

function verdictOn(address: string, answer: FinalAnswer): Verdict {
  if (answer.kind === "unanswered") return { outcome: "unknown", detail: answer.cause.message };
  const reply = answer.refused.get(address);
  if (reply === undefined) return { outcome: "accepted", detail: answer.detail };
  return { outcome: reply.code >= 500 ? "rejected" : "deferred", detail: reply.text };
}

/** One that cannot end the header field or its angle brackets. @throws CONFIG_INVALID */
function plainUrl(text: string): string {
  if (/^(https:\/\/|mailto:)[!-;=?-~]{1,1000}$/.test(text)) return text;
  throw new OutriderError(
    "CONFIG_INVALID",
    `${JSON.stringify(text)} is no https: or mailto: URL for unsubscribing.`,
    { subject: text },
  );
}
