/**
 * One mail relay, over nodemailer's pool: connections are kept, TLS is demanded, and what became of a message is told
 * apart: before the final dot nothing was taken; after it, without an answer, nobody knows (THREATS 2.2).
 */
import type { Readable } from "node:stream";
import { createTransport } from "nodemailer";
import DKIM from "nodemailer/lib/dkim";
import type {
  XOAuth2ProvisionCallback,
  XOAuth2ProvisionResultCallback,
} from "nodemailer/lib/xoauth2";
import { OutriderError } from "../../../errors/index.ts";
import { isThisMachine } from "../../../transport/near-address.ts";
import { isOut, judge, replies, type Attempt, type RelayAnswer, type SmtpError } from "./answer.ts";
import { unreadable, UnreadableContent } from "./content.ts";
import type { Message } from "./message.ts";

/** Where mail is handed over. */
export interface Relay {
  readonly host: string;
  /** Default 587, for `implicit` 465, for `none` 25. */
  readonly port?: number;
  /** `starttls` and `implicit` refuse to go on without TLS; `none` is allowed on loopback only. */
  readonly tls: "starttls" | "implicit" | "none";
  readonly login?: RelayLogin;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** Connections kept at a time; default 5. */
  readonly maxConnections?: number;
  /** Longest silence of the relay; default 60,000. */
  readonly timeoutMs?: number;
  /**
   * How long, when sending is cancelled, its answer to a mail that is out is waited for; default 25,000. Service
   * managers grant 30,000 and more before they kill, and a kill brings a whole job again instead of this one mail.
   */
  readonly answerMs?: number;
}

/** A password, or OAuth 2.0 (XOAUTH2): then the token is asked for anew for each connection. */
export type RelayLogin =
  | { readonly user: string; readonly password: string }
  | { readonly user: string; readonly accessToken: () => Promise<string> };

/** Signs every mail for the domain, so that receiving servers trust it (RFC 6376). */
export interface Dkim {
  /** Domain whose DNS has the public key. */
  readonly domain: string;
  readonly selector: string;
  /** PEM of the secret key. */
  readonly privateKey: string;
}

const defaultAnswerMs = 25_000;

/** Who a message goes to; plain addresses that passed `parseAddress`. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** An open relay. */
export interface RelayConnection {
  readonly name: string;
  /**
   * Cancelled, it ends at once, but for a mail of which all is out: without the answer that would come again.
   *
   * @throws FILE_UNREADABLE where the mail's archive cannot be read
   */
  hand(message: Message, envelope: Envelope, signal: AbortSignal | undefined): Promise<RelayAnswer>;
  close(): void;
}

/** @throws CONFIG_INVALID for mail without TLS to another machine. */
export function openRelay(relay: Relay, clientName: string, dkim?: Dkim): RelayConnection {
  if (relay.tls === "none" && !isThisMachine(relay.host))
    throw new OutriderError(
      "CONFIG_INVALID",
      `The relay ${relay.host} is on another machine and has tls "none". Use "starttls" or "implicit".`,
      { subject: relay.host },
    );
  const timeoutMs = relay.timeoutMs ?? 60_000;
  const port = relay.port ?? { starttls: 587, implicit: 465, none: 25 }[relay.tls];
  const transporter = createTransport({
    pool: true,
    host: relay.host,
    port,
    secure: relay.tls === "implicit",
    requireTLS: relay.tls === "starttls",
    ignoreTLS: relay.tls === "none",
    name: clientName,
    maxConnections: relay.maxConnections ?? 5,
    maxMessages: 1000,
    maxRequeues: 0, // what is tried again, and where, is decided here
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(relay.login === undefined ? {} : { auth: authOf(relay.login) }),
    ...(relay.ca === undefined ? {} : { tls: { ca: relay.ca } }),
  });
  const signer =
    dkim === undefined
      ? undefined
      : new DKIM({
          domainName: dkim.domain,
          keySelector: dkim.selector,
          privateKey: dkim.privateKey,
        });
  const attempts = new WeakMap<Readable, Attempt>();
  transporter.use("stream", (mail, done) => {
    const attempt = attempts.get(mail.data.raw as Readable);
    if (attempt === undefined) return done(new Error("A message of somebody else."));
    attempt.books = mail.message.getEnvelope();
    if (signer !== undefined) mail.message.processFunc((stream) => signer.sign(stream));
    mail.message.processFunc((stream) => (attempt.stream = stream)); // the last: what the relay gets
    // Whatever nodemailer made of the addresses, mail goes exactly where it was meant to go (THREATS S10).
    const same = JSON.stringify(attempt.books.to) === JSON.stringify(attempt.to);
    return done(same ? null : new Error("The envelope is not the list of recipients."));
  });
  const name = `${relay.host}:${port}`;
  return {
    name,
    close: () => transporter.close(),
    async hand(message, envelope, signal) {
      const attempt: Attempt = { to: [...new Set(envelope.to)] };
      const raw = message.open();
      attempts.set(raw, attempt);
      raw.once("error", (error) => (attempt.unreadable = error));
      const cut = cutOff(attempt, signal, relay.answerMs ?? defaultAnswerMs);
      try {
        const sent = await transporter.sendMail({
          // Addresses that were parsed are not parsed again; with its id a mail needs no other made up.
          envelope: { from: plain(envelope.from), to: attempt.to.map(plain) },
          messageId: message.messageId,
          raw,
          // Reports of failure and delay are wanted, and come back with the reference (RFC 3461).
          ...(message.reference === undefined
            ? {}
            : { dsn: { id: message.reference, return: "headers", notify: ["failure", "delay"] } }),
          disableFileAccess: true,
          disableUrlAccess: true,
          signal: cut.signal,
        });
        return { kind: "answered", refused: replies(sent.rejectedErrors), detail: sent.response };
      } catch (error) {
        if (attempt.unreadable instanceof UnreadableContent) throw unreadable(attempt.unreadable);
        return judge(error as SmtpError, attempt);
      } finally {
        cut.release();
        raw.destroy();
      }
    },
  };
}

function plain(address: string): { readonly address: string; readonly name: string } {
  return { address, name: "" };
}

/** When an attempt is given up that is cancelled: at once, or where it is out, when its answer has not come in time. */
function cutOff(
  attempt: Attempt,
  cancelled: AbortSignal | undefined,
  answerMs: number,
): { readonly signal: AbortSignal; release(): void } {
  const cut = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    if (isOut(attempt)) timer = setTimeout(() => cut.abort(), answerMs);
    else cut.abort();
  };
  if (cancelled?.aborted === true) cancel();
  cancelled?.addEventListener("abort", cancel, { once: true });
  return {
    signal: cut.signal,
    release() {
      clearTimeout(timer);
      cancelled?.removeEventListener("abort", cancel);
    },
  };
}

function authOf(login: RelayLogin): object {
  if ("password" in login) return { user: login.user, pass: login.password };
  const provisionCallback: XOAuth2ProvisionCallback = (_user, _renew, done) =>
    void provide(login.accessToken, done);
  return { type: "OAuth2", user: login.user, provisionCallback };
}

async function provide(
  accessToken: () => Promise<string>,
  done: XOAuth2ProvisionResultCallback,
): Promise<void> {
  let token: string;
  try {
    token = await accessToken();
  } catch (error) {
    return done(error as Error);
  }
  return done(null, token);
}
