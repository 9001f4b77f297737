/**
 * Writes OpenPGP keys and signatures of every kind, right and wrong, over node:crypto: correctly signed things that a
 * verifier must refuse all the same (text mode, SHA-1, short RSA, …). Shares no code with `signing/`.
 */
import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from "node:crypto";
import type { TrustedKey } from "../../src/schema/index.ts";

/** Kinds of key. `ed25519` is the legacy algorithm 22, `ed25519-27` RFC 9580's; `-v6` its version 6. */
export type ForgedKind =
  | "ed25519"
  | "ed25519-27"
  | "ed25519-v6"
  | "nistp256"
  | "nistp384"
  | "nistp521"
  | "nistp256-v6"
  | "rsa2048"
  | "rsa3072"
  | "rsa3072-v6"
  | "dsa2048";

/** A key with its secret. */
export interface ForgedKey {
  readonly kind: ForgedKind;
  readonly version: 4 | 6;
  readonly algorithm: number;
  readonly privateKey: KeyObject;
  /** Body of the public-key packet. */
  readonly body: Buffer;
  readonly fingerprint: string;
  readonly trusted: TrustedKey;
}

export interface ForgedKeyOptions {
  readonly createdAt?: Date;
  readonly notAfter?: Date;
  readonly owner?: string;
}

/** Node's hash names by OpenPGP id (RFC 9580 9.5). */
export const hashNames: Readonly<Record<number, string>> = {
  1: "md5",
  2: "sha1",
  3: "ripemd160",
  8: "sha256",
  9: "sha384",
  10: "sha512",
  11: "sha224",
  12: "sha3-256",
  14: "sha3-512",
};

const oids: Readonly<Record<string, string>> = {
  ed25519: "2b06010401da470f01",
  "P-256": "2a8648ce3d030107",
  "P-384": "2b81040022",
  "P-521": "2b81040023",
};

/** Makes a key. RSA and DSA take a while: make one per file of tests. */
export function forgeKey(kind: ForgedKind, options: ForgedKeyOptions = {}): ForgedKey {
  const createdAt = options.createdAt ?? new Date("2026-01-01T00:00:00Z");
  const version = kind.endsWith("-v6") ? 6 : 4;
  const { algorithm, privateKey, material } = makeMaterial(kind);
  const body = Buffer.concat([
    Buffer.of(version),
    uint(createdAt.getTime() / 1000, 4),
    Buffer.of(algorithm),
    version === 6 ? uint(material.length, 4) : Buffer.alloc(0),
    material,
  ]);
  const fingerprint = forgedFingerprint(body);
  const notAfter = options.notAfter ?? new Date("2036-01-01T00:00:00Z");
  const trusted = {
    fingerprint,
    primary: fingerprint,
    owner: options.owner ?? kind,
    notAfter: notAfter.toISOString(),
    packet: body.toString("base64"),
  };
  return { kind, version, algorithm, privateKey, body, fingerprint, trusted };
}

function makeMaterial(kind: ForgedKind): {
  algorithm: number;
  privateKey: KeyObject;
  material: Buffer;
} {
  const base = kind.replace("-v6", "");
  if (base.startsWith("rsa")) {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: Number(base.slice(3)) });
    const { n = "", e = "" } = createPublicKey(privateKey).export({ format: "jwk" });
    const material = Buffer.concat([mpi(from64(n)), mpi(from64(e))]);
    return { algorithm: 1, privateKey, material };
  }
  if (base.startsWith("nistp")) {
    const curve = `P-${base.slice(5)}`;
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: curve });
    const { x = "", y = "" } = createPublicKey(privateKey).export({ format: "jwk" });
    const point = Buffer.concat([Buffer.of(4), from64(x), from64(y)]);
    return { algorithm: 19, privateKey, material: Buffer.concat([oid(curve), mpi(point)]) };
  }
  if (base.startsWith("dsa")) {
    const { privateKey } = generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 });
    // Its numbers do not matter: it is refused for its algorithm.
    const material = Buffer.concat([1, 2, 3, 4].map((value) => mpi(Buffer.of(value))));
    return { algorithm: 17, privateKey, material };
  }
  const { privateKey } = generateKeyPairSync("ed25519");
  const x = from64(createPublicKey(privateKey).export({ format: "jwk" }).x ?? "");
  if (kind !== "ed25519") return { algorithm: 27, privateKey, material: x };
  const point = Buffer.concat([Buffer.of(0x40), x]);
  return { algorithm: 22, privateKey, material: Buffer.concat([oid("ed25519"), mpi(point)]) };
}

/** What to do differently from a good signature. */
export interface ForgedSignatureOptions {
  readonly type?: number;
  /** OpenPGP id of the hash; 10 (SHA-512) unless given. */
  readonly hash?: number;
  readonly createdAt?: Date;
  /** Replaces the hashed subpackets. */
  readonly hashed?: readonly Buffer[];
  /** Added to the hashed subpackets. */
  readonly more?: readonly Buffer[];
  readonly unhashed?: readonly Buffer[];
  readonly saltSize?: number;
  /** Written into the packet in place of the key's. */
  readonly version?: number;
  readonly algorithm?: number;
  /** In place of the digest's first two octets. */
  readonly digestStart?: (start: Buffer) => Buffer;
  /** Last word on the algorithm's own fields. */
  readonly fields?: (fields: Buffer) => Buffer;
}

/** The body of a signature packet: correctly made, but for what the options say. */
export function forgeSignature(
  bytes: Uint8Array,
  key: ForgedKey,
  options: ForgedSignatureOptions = {},
): Buffer {
  const version = options.version ?? key.version;
  const wide = version === 6 ? 4 : 2;
  const hashId = options.hash ?? 10;
  const createdAt = options.createdAt ?? new Date("2026-06-01T00:00:00Z");
  const subpackets = Buffer.concat([
    ...(options.hashed ?? [creationTime(createdAt), issuerFingerprint(key)]),
    ...(options.more ?? []),
  ]);
  const unhashed = Buffer.concat(options.unhashed ?? []);
  const head = Buffer.concat([
    Buffer.of(version, options.type ?? 0, options.algorithm ?? key.algorithm, hashId),
    uint(subpackets.length, wide),
    subpackets,
  ]);
  const salt = Buffer.alloc(version === 6 ? (options.saltSize ?? saltSizes[hashId] ?? 16) : 0, 7);
  const trailer = Buffer.concat([head, Buffer.of(version, 0xff), uint(head.length, 4)]);
  const signed = Buffer.concat([salt, bytes, trailer]);
  const name = hashNames[hashId] ?? "sha512";
  const digest = createHash(name).update(signed).digest();
  const fields = makeFields(key, signed, digest, name);
  return Buffer.concat([
    head,
    uint(unhashed.length, wide),
    unhashed,
    options.digestStart?.(digest.subarray(0, 2)) ?? digest.subarray(0, 2),
    version === 6 ? Buffer.concat([Buffer.of(salt.length), salt]) : Buffer.alloc(0),
    options.fields?.(fields) ?? fields,
  ]);
}

const saltSizes: Readonly<Record<number, number>> = { 8: 16, 9: 24, 10: 32, 12: 16, 14: 32 };

function makeFields(key: ForgedKey, signed: Buffer, digest: Buffer, name: string): Buffer {
  const { privateKey } = key;
  if (key.algorithm === 1)
    return mpi(sign(name, signed, { key: privateKey, padding: constants.RSA_PKCS1_PADDING }));
  if (key.algorithm === 22 || key.algorithm === 27) {
    const value = sign(null, digest, privateKey);
    if (key.algorithm === 27) return value;
    return Buffer.concat([mpi(value.subarray(0, 32)), mpi(value.subarray(32))]);
  }
  const value = sign(name, signed, { key: privateKey, dsaEncoding: "ieee-p1363" });
  const half = value.length / 2;
  return Buffer.concat([mpi(value.subarray(0, half)), mpi(value.subarray(half))]);
}

/** An armored block of these signature packets. */
export function forgeArmor(...bodies: readonly Buffer[]): string {
  return armorText(Buffer.concat(bodies.map((body) => newPacket(2, body))));
}

/** ASCII armor around any octets, with the checksum that gpg 2.2 insists on. */
export function armorText(octets: Uint8Array, label = "SIGNATURE"): string {
  const base64 =
    Buffer.from(octets)
      .toString("base64")
      .match(/.{1,76}/g) ?? [];
  const body = [...base64, `=${checksum(octets).toString("base64")}`].join("\n");
  return `-----BEGIN PGP ${label}-----\n\n${body}\n-----END PGP ${label}-----\n`;
}

/** CRC-24 (RFC 9580 6.1.1). */
function checksum(octets: Uint8Array): Buffer {
  let crc = 0xb704ce;
  for (const octet of octets) {
    crc ^= octet << 16;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x800000 ? (crc << 1) ^ 0x1864cfb : crc << 1;
  }
  return uint(crc & 0xffffff, 4).subarray(1);
}

/** A packet with a new-format header (RFC 9580 4.2.1). */
export function newPacket(tag: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(0xc0 | tag, 0xff), uint(body.length, 4), body]);
}

/** A subpacket (RFC 9580 5.2.3.7). */
export function subpacket(type: number, body: Uint8Array, critical = false): Buffer {
  return Buffer.concat([Buffer.of(body.length + 1, critical ? type | 0x80 : type), body]);
}

export function creationTime(at: Date, critical = false): Buffer {
  return subpacket(2, uint(at.getTime() / 1000, 4), critical);
}

export function expirationTime(seconds: number): Buffer {
  return subpacket(3, uint(seconds, 4));
}

export function issuerFingerprint(key: Pick<ForgedKey, "version" | "fingerprint">): Buffer {
  return subpacket(
    33,
    Buffer.concat([Buffer.of(key.version), Buffer.from(key.fingerprint, "hex")]),
  );
}

/** A multiprecision integer (RFC 9580 3.2). */
export function mpi(octets: Uint8Array): Buffer {
  const hex = Buffer.from(octets)
    .toString("hex")
    .replace(/^(00)+/, "");
  const bits = hex === "" ? 0 : BigInt(`0x${hex}`).toString(2).length;
  return Buffer.concat([uint(bits, 2), Buffer.from(hex, "hex")]);
}

/** A big-endian number. */
export function uint(value: number, length: 1 | 2 | 4): Buffer {
  const octets = Buffer.alloc(length);
  octets.writeUIntBE(value, 0, length);
  return octets;
}

function forgedFingerprint(body: Buffer): string {
  const [name, head] =
    body[0] === 6
      ? (["sha256", Buffer.concat([Buffer.of(0x9b), uint(body.length, 4)])] as const)
      : (["sha1", Buffer.concat([Buffer.of(0x99), uint(body.length, 2)])] as const);
  return createHash(name).update(head).update(body).digest("hex").toUpperCase();
}

function oid(curve: string): Buffer {
  const octets = Buffer.from(oids[curve] ?? "", "hex");
  return Buffer.concat([Buffer.of(octets.length), octets]);
}

function from64(text: string): Buffer {
  return Buffer.from(text, "base64url");
}
