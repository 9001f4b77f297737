/**
 * The verifier's signing twin: writes detached binary signatures of version 4 or 6 with SHA-512 (RFC 9580 5.2.3).
 * The secret stays with whoever holds it: this gives the digest to sign and takes the signature's fields.
 */
import { createHash, randomBytes } from "node:crypto";
import { armorBegin, armorEnd } from "./armor.ts";
import { signatureTag } from "./packet.ts";

/** The key that will sign. Its version follows from the fingerprint's length. */
export interface Signer {
  /** Upper-case hexadecimal. */
  readonly fingerprint: string;
  /** Public-key algorithm (RFC 9580 9.1). */
  readonly algorithm: number;
}

/** A signature that lacks only the secret's part. */
export interface UnsignedSignature {
  /** SHA-512: what the secret signs. */
  readonly digest: Buffer;
  /** The armored block, once the algorithm's own fields are known (5.2.3.1–5.2.3.4). */
  finish(fields: Uint8Array): string;
}

const sha512Id = 10;
const saltSize = 32;

/** Prepares a signature over these bytes. */
export function composeSignature(
  bytes: Uint8Array,
  signer: Signer,
  createdAt: Date,
): UnsignedSignature {
  const fingerprint = Buffer.from(signer.fingerprint, "hex");
  const version = fingerprint.length === 20 ? 4 : 6;
  const count = (octets: Uint8Array): Buffer => encodeNumber(octets.length, version === 4 ? 2 : 4);
  const subpackets = Buffer.concat([
    // 5.2.3.11: when it is made, critical. 5.2.3.35: fingerprint of the key.
    encodeSubpacket(0x80 | 2, encodeSeconds(createdAt)),
    encodeSubpacket(33, Buffer.concat([Uint8Array.of(version), fingerprint])),
  ]);
  // 5.2.3: version, type 0 (binary), algorithm, hash, hashed subpackets.
  const head = Uint8Array.of(version, 0, signer.algorithm, sha512Id);
  const hashed = Buffer.concat([head, count(subpackets), subpackets]);
  // 5.2.3.12: the key id, by which older programs find a key of version 4; not allowed with version 6.
  const unhashed = version === 4 ? encodeSubpacket(16, fingerprint.subarray(12)) : Buffer.alloc(0);
  const salt = randomBytes(version === 4 ? 0 : saltSize);
  // 5.2.4: salt, document, hashed part, trailer.
  const digest = createHash("sha512")
    .update(salt)
    .update(bytes)
    .update(hashed)
    .update(Uint8Array.of(version, 0xff))
    .update(encodeNumber(hashed.length, 4))
    .digest();
  const salted = version === 4 ? salt : Buffer.concat([Uint8Array.of(saltSize), salt]);
  const start = [hashed, count(unhashed), unhashed, digest.subarray(0, 2), salted];
  return {
    digest,
    finish: (fields) => encodeArmor(encodePacket(Buffer.concat([...start, fields]))),
  };
}

/** A signature packet, new format, with a length of five octets (RFC 9580 4.2.1). */
export function encodePacket(body: Uint8Array): Buffer {
  const header = Uint8Array.of(0xc0 | signatureTag, 255);
  return Buffer.concat([header, encodeNumber(body.length, 4), body]);
}

/** The signature block around these octets: no headers, lines of 64 (RFC 9580 6.2). */
export function encodeArmor(octets: Uint8Array): string {
  const base64 = Buffer.from(octets).toString("base64");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return [armorBegin, "", ...lines, `=${checksum(octets).toString("base64")}`, armorEnd, ""].join(
    "\n",
  );
}

/** A multiprecision integer (RFC 9580 3.2): how many bits, then no leading zeros. */
export function encodeInteger(octets: Uint8Array): Buffer {
  const first = octets.findIndex((octet) => octet !== 0);
  const significant = first < 0 ? new Uint8Array() : octets.subarray(first);
  const bits = significant.length * 8 - (Math.clz32(significant[0] ?? 0) & 7);
  return Buffer.concat([encodeNumber(bits, 2), significant]);
}

/** RFC 9580 3.5: seconds since 1970. */
export function encodeSeconds(at: Date): Buffer {
  return encodeNumber(Math.floor(at.getTime() / 1000), 4);
}

/** RFC 9580 3.1 */
function encodeNumber(value: number, length: 2 | 4): Buffer {
  const octets = Buffer.alloc(length);
  octets.writeUIntBE(value, 0, length);
  return octets;
}

/** RFC 9580 5.2.3.7; all of ours are short. */
function encodeSubpacket(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(body.length + 1, type), body]);
}

/** CRC-24 (RFC 9580 6.1.1): proves nothing, but gpg 2.2 reads a block without it as garbage. */
function checksum(octets: Uint8Array): Buffer {
  let crc = 0xb704ce;
  for (const octet of octets) {
    crc ^= octet << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if ((crc & 0x1000000) !== 0) crc ^= 0x1864cfb;
    }
  }
  return Buffer.of((crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff);
}
