/**
 * Packet framing (RFC 9580 4.2): a row of signature packets and nothing else.
 *
 * Literal, compressed, encrypted, one-pass, marker and padding packets are refused unread, and so are partial and
 * indeterminate lengths: nothing here is ever inflated, buffered or guessed (THREATS S4, S9).
 */
import { OutriderError } from "../errors/index.ts";
import { OctetReader } from "./octets.ts";

/** Most signatures that one document may carry, all blocks together (DESIGN 4). */
export const maxSignatures = 16;

/** RFC 9580 5: the type id of a signature packet. */
export const signatureTag = 2;

/**
 * The bodies of the signature packets, in order; at least one.
 *
 * @throws SIGNATURE_MALFORMED, SIGNATURE_TOO_MANY
 */
export function readSignaturePackets(octets: Uint8Array): Uint8Array[] {
  const reader = new OctetReader(octets, "SIGNATURE_MALFORMED");
  const bodies: Uint8Array[] = [];
  do {
    if (bodies.length === maxSignatures) refuseMany();
    const header = reader.number(1);
    // 4.2: bit 7 is always one; bit 6 tells the two formats apart.
    const isNew = header >= 0xc0;
    const tag = isNew ? header & 0x3f : header >= 0x80 ? (header >> 2) & 0x0f : -1;
    if (tag !== signatureTag) reader.refuse("Only signature packets are allowed.");
    bodies.push(reader.take(isNew ? readNewLength(reader) : readOldLength(reader, header & 3)));
  } while (reader.left > 0);
  return bodies;
}

/** Refuses one signature more than are allowed. */
export function refuseMany(allowed: number = maxSignatures): never {
  throw new OutriderError(
    "SIGNATURE_TOO_MANY",
    `More signatures than ${allowed} are not allowed here. Leave out those that are not needed.`,
  );
}

/** One, two or five octets (RFC 9580 4.2.1). */
function readNewLength(reader: OctetReader): number {
  const first = reader.number(1);
  if (first < 192) return first;
  if (first < 224) return ((first - 192) << 8) + reader.number(1) + 192;
  if (first === 255) return reader.number(4);
  return reader.refuse("Partial lengths are not allowed.");
}

/** One, two or four octets (RFC 9580 4.2.2). */
function readOldLength(reader: OctetReader, lengthType: number): number {
  if (lengthType === 3) reader.refuse("Indeterminate lengths are not allowed.");
  return reader.number(1 << lengthType);
}
