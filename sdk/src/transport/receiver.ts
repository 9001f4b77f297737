/** The agent's half of a transport (Fig. 5). Carries bytes; believes nothing. */

/** One way to hear. A factory per adapter: `maildirReceiver(options)`. */
export interface Receiver {
  /** Name in receipts: `email`, `unc`, `opportunistic`, `http`. */
  readonly name: string;
  /**
   * Yields what arrives until aborted. What was yielded and not settled is yielded again after a restart.
   *
   * @throws UNAVAILABLE once, when the transport cannot be listened to at all; passing faults are waited out.
   */
  receive(options: { readonly signal: AbortSignal }): AsyncIterable<Incoming>;
}

/** One message that may be ours. */
export interface Incoming {
  /** What was the notification part, file or answer; exact bytes. */
  readonly bytes: Uint8Array;
  /** Where it came from, for messages to people; never believed. */
  readonly origin: string;
  /** The archive, if one travelled along: a private file that this Incoming owns until it is settled. */
  readonly attachment?: { readonly path: string; readonly size: number };
  /** Tells the transport that the message was dealt with: mark, move or delete it. */
  settle(verdict: "handled" | "ignored" | "refused"): Promise<void>;
}
