/**
 * The hashed subpackets of a signature (RFC 9580 5.2.3.7): when it was made, until when it holds, by which key.
 *
 * Each may occur once. One that is marked critical and not understood here is a refusal (5.2.3.7), critical
 * notations included (5.2.3.24); others are passed over.
 */
import { OutriderError } from "../errors/index.ts";
import { OctetReader } from "./octets.ts";

/** What the hashed subpackets say. */
export interface SignedFacts {
  readonly issuer: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** RFC 9580 5.2.3.11, 5.2.3.18, 5.2.3.35. */
const creationTime = 2;
const expirationTime = 3;
const issuerFingerprint = 33;

/**
 * Reads the hashed area of a signature of this version.
 *
 * @throws SIGNATURE_MALFORMED, SIGNATURE_UNSUPPORTED
 */
export function readSubpackets(area: Uint8Array, version: number): SignedFacts {
  const reader = new OctetReader(area, "SIGNATURE_MALFORMED");
  const found = new Map<number, OctetReader>();
  while (reader.left > 0) {
    const body = new OctetReader(reader.take(readLength(reader)), "SIGNATURE_MALFORMED");
    const tag = body.number(1);
    const type = tag & 0x7f;
    if (type === creationTime || type === expirationTime || type === issuerFingerprint) {
      if (found.has(type)) reader.refuse(`Subpacket ${type} occurs twice.`);
      found.set(type, body);
    } else if (tag !== type) unsupported(`has a critical subpacket of unknown type ${type}`);
  }

  const created = found.get(creationTime) ?? unsupported("does not say when it was made");
  const createdAtMs = created.number(4) * 1000;
  const expires = found.get(expirationTime);
  // 5.2.3.18: seconds after its creation; zero means never.
  const lifetimeMs = (expires?.number(4) ?? 0) * 1000;
  const issuer =
    found.get(issuerFingerprint) ?? unsupported("does not name its key by fingerprint");
  // 5.2.3.35: the version of the key, which is that of the signature (5.2.3), then 20 or 32 octets.
  if (issuer.number(1) !== version) reader.refuse("Its key is of another version.");
  const fingerprint = issuer.take(version === 4 ? 20 : 32);
  for (const body of found.values()) body.end();
  return {
    issuer: Buffer.from(fingerprint).toString("hex").toUpperCase(),
    createdAtMs,
    expiresAtMs: lifetimeMs === 0 ? Infinity : createdAtMs + lifetimeMs,
  };
}

/** RFC 9580 5.2.3.7: one, two or five octets, and unlike packets no partial lengths. */
function readLength(reader: OctetReader): number {
  const first = reader.number(1);
  if (first < 192) return first;
  if (first < 255) return ((first - 192) << 8) + reader.number(1) + 192;
  return reader.number(4);
}

/** Refuses what is well-formed and not for us. */
export function unsupported(reason: string): never {
  throw new OutriderError(
    "SIGNATURE_UNSUPPORTED",
    `The signature ${reason}. Make a detached binary signature with SHA-256 or better.`,
  );
}
