/**
 * The public-key packet, versions 4 and 6 (RFC 9580 5.5.2), and its fingerprint (5.5.4).
 *
 * Keys come out of a trust document, where `signing/openpgp` put them after judging their certificate. Nothing here
 * knows of user ids, subkeys, self-signatures or revocations.
 */
import { createHash } from "node:crypto";
import { say } from "../errors/index.ts";
import type { TrustedKey } from "../schema/index.ts";
import { keyReaders, type KeyMaterial } from "./algorithms.ts";
import { decodeBase64 } from "./armor.ts";
import { OctetReader } from "./octets.ts";
import { refuse } from "./refuse.ts";

/** A public key that can verify. */
export interface PublicKey extends KeyMaterial {
  readonly version: number;
  readonly createdAtMs: number;
  /** Public-key algorithm (RFC 9580 9.1). */
  readonly algorithm: number;
}

/** Fingerprint of a public-key packet's body, upper-case hexadecimal (RFC 9580 5.5.4.2, 5.5.4.3). */
export function fingerprintOf(packetBody: Uint8Array): string {
  const isVersion6 = packetBody[0] === 6;
  const head = Buffer.of(isVersion6 ? 0x9b : 0x99, 0, 0, 0, 0).subarray(0, isVersion6 ? 5 : 3);
  head.writeUIntBE(packetBody.length, 1, head.length - 1);
  // SHA-1 only names a version 4 key; the key itself is in the trust document, so a collision gains nothing.
  const hash = createHash(isVersion6 ? "sha256" : "sha1")
    .update(head)
    .update(packetBody);
  return hash.digest("hex").toUpperCase();
}

/**
 * Reads the body of a public-key packet.
 *
 * @throws KEY_REFUSED when it is malformed, of an algorithm or curve that is not accepted, or too short.
 */
export function readPublicKey(body: Uint8Array): PublicKey {
  const reader = new OctetReader(body, "KEY_REFUSED");
  // 5.5.2.2, 5.5.2.3: version, time of creation, algorithm; in version 6 also the length of what follows.
  const version = reader.number(1);
  const createdAtMs = reader.number(4) * 1000;
  const algorithm = reader.number(1);
  const readKey = keyReaders[algorithm];
  // 9.1: the legacy form of Ed25519 must not be used with version 6.
  if (!(version === 4 || (version === 6 && algorithm !== 22)) || readKey === undefined)
    return reader.refuse(say("version {0} with algorithm {1}", version, algorithm));
  if (version === 6 && reader.number(4) !== reader.left) reader.refuse(say("its length is wrong"));
  const material = readKey(reader);
  reader.end();
  return { version, createdAtMs, algorithm, ...material };
}

/**
 * The key that a trust document's entry holds.
 *
 * @throws KEY_REFUSED also when the packet has not the fingerprint that the entry says.
 */
export function openTrustedKey({ packet, fingerprint }: TrustedKey): PublicKey {
  const body = decodeBase64(packet, "KEY_REFUSED");
  if (fingerprintOf(body) !== fingerprint)
    refuse("KEY_REFUSED", say("The packet of key {0} is another key's.", fingerprint), fingerprint);
  return readPublicKey(body);
}
