/** The agent's half of a transport (Fig. 5). Carries bytes; believes nothing. */
import type { WebFolder } from "./obtainer.ts";
import type { ReturnedMail } from "./returned.ts";

/** One way to hear. A factory per adapter: `maildirReceiver(options)`. */
export interface Receiver {
  /** Name in receipts: `email`, `unc`, `opportunistic`, `http`. */
  readonly name: string;
  /**
   * Yields what arrives until aborted; then it ends without an error. What was yielded and not settled is yielded
   * again after a restart, or sooner; a transport that shows a state (a share) also repeats that after a restart.
   *
   * @throws UNAVAILABLE once, when the transport cannot be listened to at all; passing faults are waited out.
   */
  receive(options: { readonly signal: AbortSignal }): AsyncIterable<Incoming>;
  /** Looks at once, where it looks from time to time: another transport is stale. Absent where news are pushed. */
  lookNow?(): void;
}

/** One message that may be ours. */
export interface Incoming {
  /** What was the notification part, file or answer; exact bytes. */
  readonly bytes: Uint8Array;
  /** Where it came from, for messages to people; never believed. */
  readonly origin: string;
  /** `trust/1` envelopes that came along, oldest first; nothing about them was checked. */
  readonly trust?: readonly Uint8Array[];
  /** The archive, if one travelled along: a private file that this Incoming owns until it is settled. */
  readonly attachment?: Attachment;
  /** A carrier's report on a message of the server's own; then `bytes` are the report, and no document. */
  readonly returned?: ReturnedMail;
  /** Set where a person carried it: what was made for sticks counts there only. */
  readonly medium?: "stick";
  /** What lies beside a catalog on the same carrier; absent where nothing does (mail). */
  readonly shelf?: Shelf;
  /** Tells the transport that the message was dealt with: mark, move or delete it. Twice is no error. */
  settle(verdict: "handled" | "ignored" | "refused"): Promise<void>;
}

/** An archive that came with a message; nothing about it was checked. */
export interface Attachment {
  /** A private file on this machine. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * Documents that a *verified* catalog names, on the carrier that brought it. Names are digests and numbers only: no
 * path out of a message ever reaches a carrier (THREATS N14).
 */
export interface Shelf {
  /**
   * The notification's envelope of this SHA-256, already held to it.
   *
   * @throws UNAVAILABLE if it is not there (yet), DOCUMENT_TOO_LARGE past 1 MiB, PACKAGE_DIGEST if it is another
   */
  notification(sha256: string, options: { readonly signal: AbortSignal }): Promise<Uint8Array>;
  /**
   * The trust document's envelope of this version; still to be verified.
   *
   * @throws UNAVAILABLE if it is not there (yet), DOCUMENT_TOO_LARGE past 512,000 bytes
   */
  trust(version: number, options: { readonly signal: AbortSignal }): Promise<Uint8Array>;
  /** Its archives: a folder of the web server that it is, or a share, which this machine's own utility knows. */
  readonly archives?: WebFolder | "share";
}
