/** The server's half of a transport (patent 15–17, server side). */
import type { Control } from "../schema/index.ts";

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
  /**
   * Hands one numbered part of an archive over; absent where archives do not travel in parts.
   *
   * @returns and throws as `send` does
   */
  sendPart?(
    part: PartDelivery,
    options?: { readonly signal?: AbortSignal },
  ): Promise<DeliveryOutcome[]>;
}

/** What is alike in every message to a batch of recipients. */
export interface Addressed {
  readonly deployment: string;
  /** For people: what is installed, and why. */
  readonly summary: {
    readonly packageName: string;
    readonly version: string;
    readonly reason: string;
  };
  readonly recipients: readonly Recipient[];
  /** Comes back with what a carrier reports later (`ReturnedMail`): letters, digits, `-`, `_`; at most 64. */
  readonly reference?: string;
}

/** The same message for a batch of recipients. */
export interface Delivery extends Addressed {
  /** What people have ordered of the deployment, where the message is such an order. */
  readonly order?: Control["action"];
  /** `notification/1` or `control/1` envelope, exact bytes. */
  readonly envelope: Uint8Array;
  /** Signed id of the message, for a deterministic Message-ID. */
  readonly id: string;
  /** `trust/1` envelopes that agents may lack, oldest first, where no catalog on the same carrier leads to them. */
  readonly trust?: readonly Uint8Array[];
  /** The archive, if it travels along: a file on this machine. */
  readonly attachment?: CarriedArchive;
  /** Patches of the same release, for a share: they lie beside it. */
  readonly patches?: readonly CarriedArchive[];
  /** Bytes that must be public before the message is: further files of a share, by name. */
  readonly catalog?: Uint8Array;
}

/** An archive as a file on this machine. */
export interface CarriedArchive {
  readonly path: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** One numbered part of an archive, the same for a batch of recipients. */
export interface PartDelivery extends Addressed {
  /** The archive: a file on this machine. */
  readonly archive: { readonly path: string; readonly sha256: string };
  /** From 1. */
  readonly number: number;
  /** How many parts there are. */
  readonly count: number;
  /** Where it begins in the archive, bytes. */
  readonly offset: number;
  /** Its length, bytes. */
  readonly bytes: number;
}

/** An agent and its address in this transport. */
export interface Recipient {
  readonly agent: string;
  readonly address: string;
  /** Armored OpenPGP certificate; archives go to this agent encrypted, where the transport can. */
  readonly encryptionKey?: string;
}

/** What became of one recipient. */
export interface DeliveryOutcome {
  readonly agent: string;
  /** accepted: handed over; deferred: try again later; rejected: never try again; unknown: sent, answer not seen. */
  readonly outcome: "accepted" | "deferred" | "rejected" | "unknown";
  /** The other side's words. */
  readonly detail: string;
}
