/**
 * Packet framing (RFC 9580 4.2): a row of signature packets and nothing else.
 *
 * Literal, compressed, encrypted, one-pass, marker and padding packets are refused unread, and so are partial and
 * indeterminate lengths: nothing here is ever inflated, buffered or guessed (THREATS S4, S9).
 */
import { say } from "../errors/index.ts";
import { OctetReader } from "./octets.ts";
import { refuseMany } from "./refuse.ts";

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
    if (bodies.length === maxSignatures) refuseMany(maxSignatures);
    bodies.push(reader.take(readHeader(reader)));
  } while (reader.left > 0);
  return bodies;
}

/** Reads a header; returns the length of the body. */
function readHeader(reader: OctetReader): number {
  const header = reader.number(1);
  // 4.2.1: the new format has both upper bits set, then the type id; one, two or five octets of length.
  if (header === (0xc0 | signatureTag)) {
    const length = readLength(reader, 224);
    return length ?? reader.refuse(say("it has a partial length"));
  }
  // 4.2.2: the old format has the type id shifted, and how long the length is: one, two or four octets.
  if (header >> 2 === ((0x80 >> 2) | signatureTag) && (header & 3) < 3)
    return reader.number(1 << (header & 3));
  return reader.refuse(say("it is not a plain signature packet"));
}

/**
 * A length of one, two or five octets, of packets (RFC 9580 4.2.1) and of subpackets (5.2.3.7).
 *
 * @param partial first octet that would begin a partial length; subpackets have none, so there it is 255.
 */
export function readLength(reader: OctetReader, partial: number): number | undefined {
  const first = reader.number(1);
  if (first < 192) return first;
  if (first < partial) return ((first - 192) << 8) + reader.number(1) + 192;
  return first === 255 ? reader.number(4) : undefined;
}
