/** A way out of the server: a Sender, and what the planner must know of it. */
import type { Sender } from "../../transport/index.ts";
import type { Pace } from "../limits/pace.ts";
import type { ListedRelease } from "../publishing/listed.ts";
import type { ShelvedTrust } from "../publishing/trust-shelf.ts";
import { defaultPartsBytes } from "./carry.ts";

/** What the planner must know of a transport. */
export interface TransportProfile {
  readonly name: string;
  /** message: archives travel inside the message, up to a size (mail); share: beside it; none: never. */
  readonly carriage: "message" | "share" | "none";
  /** Largest archive inside a message, bytes. Default 18 MiB. */
  readonly maxAttachmentBytes?: number;
  /** Largest archive that goes in numbered parts, bytes; 0, the default, where a transport has no parts. */
  readonly maxPartsBytes?: number;
  /** Default 500; a share is one job however many read it. */
  readonly recipientsPerJob?: number;
  /** How fast it may send. Default: as fast as it can. */
  readonly pace?: Pace;
}

/** A configured transport. */
export interface ServerTransport extends Omit<TransportProfile, "name"> {
  readonly sender: Sender;
  /** Shows a new catalog and what it lists, also where there is nothing else to send: the heartbeat of a share. */
  readonly publish?: (
    files: {
      readonly catalog: Uint8Array;
      readonly trust: readonly ShelvedTrust[];
      /** What the catalog lists; none but where the carriage is `share`. */
      readonly releases: readonly ListedRelease[];
    },
    options: { readonly signal: AbortSignal },
  ) => Promise<void>;
}

/** The profile that the planner sees. */
export function profileOf({
  sender,
  carriage,
  maxAttachmentBytes,
  maxPartsBytes = defaultPartsBytes,
  recipientsPerJob,
  pace,
}: ServerTransport): TransportProfile {
  return {
    name: sender.name,
    carriage,
    ...(maxAttachmentBytes === undefined ? {} : { maxAttachmentBytes }),
    ...(sender.sendPart === undefined ? {} : { maxPartsBytes }),
    ...(recipientsPerJob === undefined ? {} : { recipientsPerJob }),
    ...(pace === undefined ? {} : { pace }),
  };
}

/** The HTTP channel needs no sending: agents fetch the catalog, which lists the notification by now. */
export const httpChannel: ServerTransport = {
  carriage: "none",
  sender: {
    name: "http",
    send: async ({ recipients }) =>
      recipients.map(({ agent }) => ({
        agent,
        outcome: "accepted",
        detail: "shown in the catalog",
      })),
  },
};

/** Sticks are written by people (`outrider bundle`): what is current goes with the next one, beside its archives. */
export const stickChannel: ServerTransport = {
  carriage: "share",
  sender: {
    name: "stick",
    send: async ({ recipients }) =>
      recipients.map(({ agent }) => ({
        agent,
        outcome: "accepted",
        detail: "goes with the next stick",
      })),
  },
};
