/**
 * How an archive goes with a transport's messages: inside, in numbered parts of their own, or not at all. Step 86 asks
 * the same from the agent's side. Pure: planning and sending come to the same answer.
 */
import type { Delivery } from "../../schema/index.ts";
import type { TransportProfile } from "./transports.ts";

/** The way of one archive by one transport. */
export type Carry =
  | { readonly kind: "attach" }
  | {
      readonly kind: "parts";
      /** Bytes of every part but the last. */
      readonly partBytes: number;
      readonly count: number;
    }
  | { readonly kind: "offer" };

/** Largest archive inside a message, unless a transport says otherwise: 25 MB providers, base64. */
export const defaultAttachmentBytes: number = 18 * 1024 * 1024;
/** Largest archive that goes in parts where the push does not ask for it to be attached. */
export const defaultPartsBytes: number = 100 * 1024 * 1024;
/** Parts that a notification can list. */
const mostParts = 4000;
/** How small a part may be. */
export const leastPartBytes: number = 1024;

/** `auto`: in parts up to the transport's total; `attach`: in parts whatever it takes; `offer`: neither. */
export function carryOf(
  delivery: Delivery,
  archiveBytes: number,
  transport: TransportProfile,
): Carry {
  if (transport.carriage !== "message" || delivery === "offer") return { kind: "offer" };
  const partBytes = transport.maxAttachmentBytes ?? defaultAttachmentBytes;
  if (archiveBytes <= partBytes) return { kind: "attach" };
  const { maxPartsBytes = 0 } = transport;
  const most = delivery === "attach" && maxPartsBytes > 0 ? Infinity : maxPartsBytes;
  const count = partBytes < leastPartBytes ? Infinity : Math.ceil(archiveBytes / partBytes);
  return archiveBytes <= most && count <= mostParts
    ? { kind: "parts", partBytes, count }
    : { kind: "offer" };
}

/** Numbered parts that follow the message. */
export function partsOf(carry: Carry): number {
  return carry.kind === "parts" ? carry.count : 0;
}
