/**
 * What a relay's answer means: before the final dot nothing was taken; after it, without an answer, nobody knows; 4xx
 * is later, 5xx never, and each recipient has a reply of their own (RFC 5321 4.2, 4.5.4; THREATS 2.2).
 */
import type { Readable } from "node:stream";

/** What the relay said. */
export type RelayAnswer =
  /** It dealt with the message: `refused` holds the reply for each address not taken. */
  | {
      readonly kind: "answered";
      readonly refused: ReadonlyMap<string, Reply>;
      readonly detail: string;
    }
  /** Nothing was taken; the same relay (`again`), another, or any later may do. */
  | { readonly kind: "unavailable"; readonly cause: Error; readonly again: boolean }
  /** The whole message went out and no answer came. */
  | { readonly kind: "unanswered"; readonly cause: Error };

/** A refusal. */
export interface Reply {
  /** SMTP reply code; 4xx: later, 5xx: never. */
  readonly code: number;
  readonly text: string;
}

/** An error of nodemailer. */
export interface SmtpError extends Error {
  readonly code?: string | undefined;
  readonly command?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
  readonly recipient?: string | undefined;
}

/** What is known of an attempt beside its error. */
export interface Attempt {
  readonly to: readonly string[];
  /** nodemailer's final stream: it has ended when the final dot was written. */
  stream?: Readable;
  /** The mail itself could not be read, such as its archive. */
  unreadable?: Error;
  /** nodemailer's own books on the envelope. */
  books?: { readonly to?: unknown; readonly rejectedErrors?: readonly SmtpError[] };
}

/** The final dot was written: the relay may have taken it. */
export function isOut({ stream }: Attempt): boolean {
  return stream?.readableEnded === true;
}

/** What a failed attempt says. */
export function judge(error: SmtpError, attempt: Attempt): RelayAnswer {
  const refused = replies(attempt.books?.rejectedErrors);
  const code = error.responseCode;
  if (error.code === "EENVELOPE" && error.command === "RCPT TO")
    return { kind: "answered", refused, detail: error.message };
  // A verdict on the message itself counts for everybody whom it had not refused by name.
  if (error.code === "EMESSAGE" && code !== undefined) {
    const reply = { code, text: error.response ?? error.message };
    const everybody = new Map(
      attempt.to.map((address) => [address, refused.get(address) ?? reply]),
    );
    return { kind: "answered", refused: everybody, detail: reply.text };
  }
  if (isOut(attempt)) return { kind: "unanswered", cause: error };
  // A kept connection that the relay had dropped meanwhile says nothing of the relay.
  return { kind: "unavailable", cause: error, again: error.code === "ECONNECTION" };
}

/** The refusals by name. */
export function replies(errors: readonly SmtpError[] | undefined): Map<string, Reply> {
  const found = new Map<string, Reply>();
  for (const { recipient, responseCode, response, message } of errors ?? [])
    if (recipient !== undefined)
      found.set(recipient, { code: responseCode ?? 450, text: response ?? message });
  return found;
}
