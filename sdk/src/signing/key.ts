/**
 * The public-key packet, versions 4 and 6 (RFC 9580 5.5.2), and its fingerprint (5.5.4).
 *
 * Keys come out of a trust document, where `signing/openpgp` put them after judging their certificate. Nothing here
 * knows of user ids, subkeys, self-signatures or revocations.
 */
import { createHash, type KeyObject } from "node:crypto";
import { OutriderError } from "../errors/index.ts";
import type { TrustedKey } from "../schema/index.ts";
import { algorithms, type Algorithm } from "./algorithms.ts";
import { decodeBase64 } from "./armor.ts";
import { OctetReader } from "./octets.ts";

/** A public key that can verify. */
export interface PublicKey {
  readonly version: number;
  readonly createdAtMs: number;
  /** Public-key algorithm (RFC 9580 9.1). */
  readonly algorithm: number;
  readonly method: Algorithm;
  readonly key: KeyObject;
}

/** Fingerprint of a public-key packet's body, upper-case hexadecimal (RFC 9580 5.5.4.2, 5.5.4.3). */
export function fingerprintOf(packetBody: Uint8Array): string {
  const isVersion6 = packetBody[0] === 6;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(packetBody.length);
  // SHA-1 only names a version 4 key; the key itself is in the trust document, so a collision gains nothing.
  const hash = createHash(isVersion6 ? "sha256" : "sha1")
    .update(isVersion6 ? Uint8Array.of(0x9b) : Uint8Array.of(0x99))
    .update(isVersion6 ? length : length.subarray(2));
  return hash.update(packetBody).digest("hex").toUpperCase();
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
  if (version !== 4 && version !== 6) reader.refuse(`Key version ${version} is not accepted.`);
  const createdAtMs = reader.number(4) * 1000;
  const algorithm = reader.number(1);
  const method = algorithms[algorithm];
  // 9.1: the legacy form of Ed25519 must not be used with version 6.
  if (method === undefined || (version === 6 && method.legacy === true))
    return reader.refuse(`Public-key algorithm ${algorithm} is not accepted.`);
  if (version === 6 && reader.number(4) !== reader.left) reader.refuse("Its length is wrong.");
  const key = method.readKey(reader);
  reader.end();
  return { version, createdAtMs, algorithm, method, key };
}

/**
 * The key that a trust document's entry holds.
 *
 * @throws KEY_REFUSED also when the packet has not the fingerprint that the entry says.
 */
export function openTrustedKey(trusted: TrustedKey): PublicKey {
  const body = decodeBase64(trusted.packet, "KEY_REFUSED");
  if (fingerprintOf(body) !== trusted.fingerprint)
    throw new OutriderError(
      "KEY_REFUSED",
      `The packet of key ${trusted.fingerprint} belongs to another key. Mend the trust document.`,
      { subject: trusted.fingerprint },
    );
  return readPublicKey(body);
}
