/**
 * The signature packet, versions 4 and 6 (RFC 9580 5.2.3): what it says, not whether it is true.
 *
 * Only type 0x00, a signature of a binary document (5.2.1.1): a text-mode signature (0x01) fits several byte
 * sequences (THREATS S3). Only SHA-2 of 256 bits and more (9.5; THREATS K3). Of the subpackets only the hashed ones
 * are believed, the unhashed ones are not even read (5.2.3.6).
 */
import { say } from "../errors/index.ts";
import { OctetReader } from "./octets.ts";
import { refuseKind } from "./refuse.ts";
import { readSubpackets, type SignedFacts } from "./subpackets.ts";

/** What a signature packet says. */
export interface Signature extends SignedFacts {
  readonly version: number;
  /** Public-key algorithm (RFC 9580 9.1). */
  readonly algorithm: number;
  /** Node's name of the hash. */
  readonly hash: string;
  /** Hashed before the document: version 6 only (5.2.4). */
  readonly salt: Uint8Array;
  /** Hashed after the document (5.2.4). */
  readonly trailer: Uint8Array;
  /** First two octets of the digest. */
  readonly digestStart: Uint8Array;
  /** The algorithm's own fields (5.2.3.1–5.2.3.4), unread. */
  readonly fields: OctetReader;
}

/** RFC 9580 9.5: hash algorithm id → Node's name and the size of a version 6 salt, octets. */
const hashes: Readonly<Record<number, readonly [name: string, saltSize: number]>> = {
  8: ["sha256", 16],
  9: ["sha384", 24],
  10: ["sha512", 32],
};

/**
 * Reads the body of a signature packet.
 *
 * @throws SIGNATURE_MALFORMED, SIGNATURE_UNSUPPORTED
 */
export function readSignature(body: Uint8Array): Signature {
  const fields = new OctetReader(body, "SIGNATURE_MALFORMED");
  // 5.2.3: version, type, public-key algorithm, hash algorithm.
  const version = fields.number(1);
  if (version !== 4 && version !== 6) refuseKind(say("is of version {0}", version));
  const type = fields.number(1);
  if (type !== 0) refuseKind(say("is of type {0}, not over binary data", type));
  const algorithm = fields.number(1);
  const hashId = fields.number(1);
  const [hash, saltSize] = hashes[hashId] ?? refuseKind(say("has hash algorithm {0}", hashId));
  // 5.2.3: the areas of subpackets, counted with two octets, in version 6 with four.
  const countSize = version === 4 ? 2 : 4;
  const facts = readSubpackets(fields.take(fields.number(countSize)), version);
  const hashedLength = fields.position;
  fields.take(fields.number(countSize));
  const digestStart = fields.take(2);
  // 5.2.3: the salt of version 6 has the size that its hash demands.
  const salt = fields.take(version === 4 ? 0 : fields.number(1));
  if (version === 6 && salt.length !== saltSize) fields.refuse(say("its salt has a wrong size"));
  // 5.2.4: what is hashed after the document: all up to the hashed subpackets, version, 0xFF, their length.
  const trailer = Buffer.concat(
    [body.subarray(0, hashedLength), Uint8Array.of(version, 0xff)],
    hashedLength + 6,
  );
  trailer.writeUInt32BE(hashedLength, hashedLength + 2);
  return { version, algorithm, hash, salt, trailer, digestStart, fields, ...facts };
}
