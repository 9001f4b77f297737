/**
 * The hashed subpackets of a signature (RFC 9580 5.2.3.7): when it was made, until when it holds, by which key.
 *
 * Each may occur once. One that is marked critical and not understood here is a refusal (5.2.3.7), critical
 * notations included (5.2.3.24); others are passed over.
 */
import { say } from "../errors/index.ts";
import { OctetReader } from "./octets.ts";
import { readLength } from "./packet.ts";
import { refuseKind } from "./refuse.ts";

/** What the hashed subpackets say. */
export interface SignedFacts {
  /** Fingerprint of the key that claims the signature, upper-case hexadecimal. */
  readonly issuer: string;
  readonly createdAtMs: number;
  /** `Infinity` when it does not expire. */
  readonly expiresAtMs: number;
}

/** RFC 9580 5.2.3.11, 5.2.3.18, 5.2.3.35. */
const creationTime = 2;
const expirationTime = 3;
const issuerFingerprint = 33;
const understood: readonly number[] = [creationTime, expirationTime, issuerFingerprint];

/**
 * Reads the hashed area of a signature of this version.
 *
 * @throws SIGNATURE_MALFORMED, SIGNATURE_UNSUPPORTED
 */
export function readSubpackets(area: Uint8Array, version: number): SignedFacts {
  const reader = new OctetReader(area, "SIGNATURE_MALFORMED");
  const found = new Map<number, OctetReader>();
  while (reader.left > 0) {
    const length = readLength(reader, 255) ?? 0;
    const body = new OctetReader(reader.take(length), "SIGNATURE_MALFORMED");
    const tag = body.number(1);
    const type = tag & 0x7f;
    if (understood.includes(type)) {
      if (found.has(type)) reader.refuse(say("subpacket {0} occurs twice", type));
      found.set(type, body);
    } else if (tag !== type) refuseKind(say("has a critical subpacket {0}", type));
  }

  const created = found.get(creationTime) ?? refuseKind(say("has no date"));
  const createdAtMs = created.number(4) * 1000;
  // 5.2.3.18: seconds after its creation; zero means never.
  const lifetimeMs = (found.get(expirationTime)?.number(4) ?? 0) * 1000;
  const issuer =
    found.get(issuerFingerprint) ?? refuseKind(say("does not name its key's fingerprint"));
  // 5.2.3.35: the version of the key, which is that of the signature (5.2.3), then 20 or 32 octets.
  if (issuer.number(1) !== version) reader.refuse(say("its key is of another version"));
  const fingerprint = Buffer.from(issuer.take(version === 4 ? 20 : 32));
  for (const body of found.values()) body.end();
  return {
    issuer: fingerprint.toString("hex").toUpperCase(),
    createdAtMs,
    expiresAtMs: createdAtMs + (lifetimeMs || Infinity),
  };
}
