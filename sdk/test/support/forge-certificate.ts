/** Writes OpenPGP certificates, good and bad ones, with the forger's keys: each fault can be had alone. */
import {
  armorText,
  creationTime,
  forgeSignature,
  issuerFingerprint,
  newPacket,
  subpacket,
  uint,
  type ForgedKey,
} from "./forge.ts";

/** A signing subkey to be bound. */
export interface ForgedSubkey {
  readonly key: ForgedKey;
  /** The subkey's own word that it belongs here: right unless given. */
  readonly backSignature?: "right" | "missing" | "wrong" | "sha1";
  readonly hash?: number;
  /** Key flags; 2 (signs) unless given. */
  readonly flags?: number;
  /** Seconds after its creation. */
  readonly expires?: number;
  readonly revoked?: Revoked;
}

/** Revoked by its own primary key, or with a revocation that cannot be checked. */
export type Revoked = "right" | "wrong";

/** What the certificate shall be like. */
export interface ForgedCertificateOptions {
  /** None where it is empty and the version is 6. */
  readonly userId?: string;
  /** OpenPGP id of the self-signature's hash; 10 (SHA-512) unless given. */
  readonly hash?: number;
  /** Key flags of the primary key; 3 (certifies, signs) unless given. */
  readonly flags?: number;
  /** Seconds after its creation; without end unless given. */
  readonly expires?: number;
  readonly madeAt?: Date;
  readonly revoked?: Revoked;
  readonly revocationHash?: number;
  readonly subkeys?: readonly ForgedSubkey[];
  /** A second self-signature, as when a person changed the end. */
  readonly later?: { readonly at: Date; readonly hash: number; readonly expires?: number };
}

const defaultMadeAt = new Date("2026-01-02T00:00:00Z");

/** An armored certificate with this primary key; of version 4, or with nothing special of version 6. */
export function forgeCertificate(key: ForgedKey, options: ForgedCertificateOptions = {}): string {
  const { hash = 10, flags = 3, madeAt = defaultMadeAt } = options;
  const userId = Buffer.from(options.userId ?? "Somebody <somebody@example.org>");
  const certify = (at: Date, hash: number, expires: number | undefined): Buffer =>
    newPacket(
      2,
      forgeSignature(
        Buffer.concat([framed(key), Buffer.of(0xb4), uint(userId.length, 4), userId]),
        key,
        {
          type: 0x13,
          hash,
          hashed: selfSubpackets(key, at, flags, expires),
          unhashed: issuerKeyId(key),
        },
      ),
    );
  const { later } = options;
  const packets = [
    newPacket(6, key.body),
    ...revoke(options.revoked, key, 0x20, framed(key), options.revocationHash),
    ...(key.version === 6 ? [direct(key, madeAt, flags, options.expires)] : []),
    ...(key.version === 6 && userId.length === 0
      ? []
      : [newPacket(13, userId), certify(madeAt, hash, options.expires)]),
    ...(later === undefined ? [] : [certify(later.at, later.hash, later.expires)]),
    ...(options.subkeys ?? []).flatMap((subkey) => bind(key, subkey, madeAt)),
  ];
  return armorText(Buffer.concat(packets), "PUBLIC KEY BLOCK");
}

/** Version 6 says about itself in a direct-key signature (RFC 9580 10.1.1). */
function direct(key: ForgedKey, at: Date, flags: number, expires: number | undefined): Buffer {
  const hashed = selfSubpackets(key, at, flags, expires);
  return newPacket(2, forgeSignature(framed(key), key, { type: 0x1f, hashed }));
}

function bind(primary: ForgedKey, subkey: ForgedSubkey, madeAt: Date): Buffer[] {
  const { key, hash = 10, flags = 2, backSignature = "right" } = subkey;
  const bound = Buffer.concat([framed(primary), framed(key)]);
  const back = forgeSignature(backSignature === "wrong" ? Buffer.from("?") : bound, key, {
    type: 0x19,
    hash: backSignature === "sha1" ? 2 : hash,
    hashed: [creationTime(madeAt), issuerFingerprint(key)],
    unhashed: issuerKeyId(key),
  });
  const embedded = Buffer.concat([Buffer.of(255), uint(back.length + 1, 4), Buffer.of(32), back]);
  const binding = forgeSignature(bound, primary, {
    type: 0x18,
    hash,
    hashed: [
      ...selfSubpackets(primary, madeAt, flags, subkey.expires),
      ...(backSignature === "missing" ? [] : [embedded]),
    ],
    unhashed: issuerKeyId(primary),
  });
  return [
    newPacket(14, key.body),
    newPacket(2, binding),
    ...revoke(subkey.revoked, primary, 0x28, bound),
  ];
}

function revoke(
  how: Revoked | undefined,
  by: ForgedKey,
  type: number,
  data: Buffer,
  hash = 10,
): Buffer[] {
  if (how === undefined) return [];
  const reason = subpacket(29, Buffer.concat([Buffer.of(3), Buffer.from("retired")]));
  const hashed = [creationTime(new Date("2026-02-01T00:00:00Z")), issuerFingerprint(by), reason];
  const options = { type, hash, hashed, unhashed: issuerKeyId(by) };
  return [newPacket(2, forgeSignature(how === "right" ? data : Buffer.from("?"), by, options))];
}

function selfSubpackets(
  key: ForgedKey,
  at: Date,
  flags: number,
  expires: number | undefined,
): Buffer[] {
  return [
    creationTime(at),
    issuerFingerprint(key),
    subpacket(27, Buffer.of(flags)),
    ...(expires === undefined ? [] : [subpacket(9, uint(expires, 4))]),
  ];
}

function issuerKeyId({ version, fingerprint }: ForgedKey): Buffer[] {
  return version === 6 ? [] : [subpacket(16, Buffer.from(fingerprint.slice(24), "hex"))];
}

/** A key as signatures over keys hash it (RFC 9580 5.2.4). */
function framed({ version, body }: ForgedKey): Buffer {
  if (version === 6) return Buffer.concat([Buffer.of(0x9b), uint(body.length, 4), body]);
  return Buffer.concat([Buffer.of(0x99), uint(body.length, 2), body]);
}
