/** The server's half of a transport (patent 15–17, server side). */

/** One way to reach agents. A factory per adapter: `emailSender(options)`. */
export interface Sender {
  /** Name in reports and receipts: `email`, `unc`, `opportunistic`, `http`. */
  readonly name: string;
  /**
   * Hands a notification over for all recipients of the batch.
   *
   * @returns one outcome per recipient, in their order. It throws only where nothing can be said of any recipient.
   * @throws UNAVAILABLE, CANCELLED
   */
  send(delivery: Delivery, options?: { readonly signal?: AbortSignal }): Promise<DeliveryOutcome[]>;
}

/** The same message for a batch of recipients. */
export interface Delivery {
  /** `notification/1` or `control/1` envelope, exact bytes. */
  readonly envelope: Uint8Array;
  /** Signed id of the message, for a deterministic Message-ID. */
  readonly id: string;
  readonly deployment: string;
  /** For people: what is installed, and why. */
  readonly summary: {
    readonly packageName: string;
    readonly version: string;
    readonly reason: string;
  };
  readonly recipients: readonly Recipient[];
  /** The archive, if it travels along: a file on this machine. */
  readonly attachment?: { readonly path: string; readonly sha256: string; readonly size: number };
  /** Bytes that must be public before the message is: further files of a share, by name. */
  readonly catalog?: Uint8Array;
}

/** An agent and its address in this transport. */
export interface Recipient {
  readonly agent: string;
  readonly address: string;
}

/** What became of one recipient. */
export interface DeliveryOutcome {
  readonly agent: string;
  /** accepted: handed over; deferred: try again later; rejected: never try again; unknown: sent, answer not seen. */
  readonly outcome: "accepted" | "deferred" | "rejected" | "unknown";
  /** The other side's words. */
  readonly detail: string;
}
