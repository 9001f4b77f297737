/**
 * Signatures with one thing about each that a verifier must decide on, and what each of the known verifiers decides.
 * `accepts` is the exact list: it is where DESIGN is stricter (or, with us in it alone, more patient) than others.
 */
import {
  armorText,
  creationTime,
  expirationTime,
  forgeArmor,
  forgeSignature,
  issuerFingerprint,
  newPacket,
  subpacket,
  uint,
  type ForgedKey,
  type ForgedSignatureOptions,
} from "./forge.ts";

/** Who verifies. */
export type Verifier = "outrider" | "openpgpjs" | "gpg" | "sqv" | "sqop";

/** A signature to be judged. */
export interface TwistedSignature {
  readonly content: Uint8Array;
  readonly armored: string;
}

/** One thing that may be about a signature. */
export interface Twist {
  readonly name: string;
  readonly accepts: readonly Verifier[];
  /** @param at when the signature is made: an hour ago, the key a month ago. */
  make(content: Uint8Array, key: ForgedKey, at: Date, hash: number): TwistedSignature;
}

const everybody: readonly Verifier[] = ["outrider", "openpgpjs", "gpg", "sqv", "sqop"];
const nobody: readonly Verifier[] = [];
const others: readonly Verifier[] = ["openpgpjs", "gpg", "sqv", "sqop"];
const but = (...without: readonly Verifier[]): readonly Verifier[] =>
  everybody.filter((verifier) => !without.includes(verifier));

const dayMs = 86_400_000;
const later = (at: Date, days: number): Date => new Date(at.getTime() + days * dayMs);
const keyId = ({ version, fingerprint }: ForgedKey): Buffer =>
  Buffer.from(version === 4 ? fingerprint.slice(24) : fingerprint.slice(0, 16), "hex");
const notation = (critical: boolean): Buffer => {
  const [name, value] = ["a@example.org", "b"];
  const head = Buffer.concat([
    Buffer.of(0x80, 0, 0, 0),
    uint(name.length, 2),
    uint(value.length, 2),
  ]);
  return subpacket(20, Buffer.concat([head, Buffer.from(name + value)]), critical);
};

/** A twist of what the packet says, correctly signed. */
function said(
  name: string,
  accepts: readonly Verifier[],
  options: (key: ForgedKey, at: Date) => ForgedSignatureOptions,
): Twist {
  return {
    name,
    accepts,
    make: (content, key, at, hash) => {
      const twisted = options(key, at);
      const body = forgeSignature(content, key, {
        createdAt: at,
        hash,
        // Where the key is named is what some twists are about; gpg wants a key id.
        unhashed: key.version === 4 ? [subpacket(16, keyId(key))] : [],
        ...twisted,
      });
      return { content, armored: forgeArmor(body) };
    },
  };
}

/** A twist of the octets around or in a good packet. */
function framed(
  name: string,
  accepts: readonly Verifier[],
  frame: (body: Buffer, content: Uint8Array) => string | TwistedSignature,
): Twist {
  return {
    name,
    accepts,
    make: (content, key, at, hash) => {
      const unhashed = key.version === 4 ? [subpacket(16, keyId(key))] : [];
      const made = frame(forgeSignature(content, key, { createdAt: at, hash, unhashed }), content);
      return typeof made === "string" ? { content, armored: made } : made;
    },
  };
}

/** All of them. */
export const twists: readonly Twist[] = [
  said("nothing about it", everybody, () => ({})),
  framed("changed content", nobody, (body, content) => ({
    content: Buffer.concat([content.subarray(1), Buffer.of((content[0] ?? 0) ^ 1)]),
    armored: forgeArmor(body),
  })),
  framed("a line break more in the content", nobody, (body, content) => ({
    content: Buffer.concat([content, Buffer.from("\n")]),
    armored: forgeArmor(body),
  })),
  said("text mode", others, () => ({ type: 1 })),
  {
    ...said("text mode, other line ends than were signed", others, () => ({ type: 1 })),
    make: (_content, key, at, hash) => {
      const options = { type: 1, createdAt: at, hash, unhashed: [subpacket(16, keyId(key))] };
      const body = forgeSignature(Buffer.from("one\r\ntwo\r\n"), key, options);
      return { content: Buffer.from("one\ntwo\n"), armored: forgeArmor(body) };
    },
  },
  said("a timestamp signature", nobody, () => ({ type: 0x40 })),
  said("a standalone signature", nobody, () => ({ type: 2 })),
  said("SHA-1", ["gpg"], () => ({ hash: 2 })),
  said("MD5", nobody, () => ({ hash: 1 })),
  said("RIPEMD-160", ["gpg"], () => ({ hash: 3 })),
  said("SHA-224", others, () => ({ hash: 11 })),
  said("SHA3-512", ["openpgpjs"], () => ({ hash: 14 })),
  said("a day in the future", ["gpg"], (_, at) => ({ createdAt: later(at, 1) })),
  said("some minutes in the future", ["outrider", "gpg", "sqop"], (_, at) => ({
    createdAt: new Date(at.getTime() + 3_840_000),
  })),
  said("older than its key", nobody, (_, at) => ({ createdAt: later(at, -60) })),
  said("past its expiry", nobody, () => ({ more: [expirationTime(60)] })),
  said("an expiry to come", everybody, () => ({ more: [expirationTime(7200)] })),
  said("no expiry, in so many words", everybody, () => ({ more: [expirationTime(0)] })),
  said("an unknown critical subpacket", nobody, () => ({
    more: [subpacket(99, Buffer.of(1), true)],
  })),
  said("an unknown subpacket", everybody, () => ({ more: [subpacket(99, Buffer.of(1))] })),
  said("a critical notation", nobody, () => ({ more: [notation(true)] })),
  said("a notation", everybody, () => ({ more: [notation(false)] })),
  said("a critical policy URI", others, () => ({
    more: [subpacket(26, Buffer.from("x:y"), true)],
  })),
  said("a critical time of creation", everybody, (key, at) => ({
    hashed: [creationTime(at, true), issuerFingerprint(key)],
  })),
  said("no time of creation", nobody, (key) => ({ hashed: [issuerFingerprint(key)] })),
  said("its time of creation twice", others, (_, at) => ({ more: [creationTime(at)] })),
  said("its fingerprint only unhashed", ["openpgpjs", "sqv", "sqop"], (key, at) => ({
    hashed: [creationTime(at)],
    unhashed: [issuerFingerprint(key)],
  })),
  said("no fingerprint, but a key id", others, (key, at) => ({
    hashed: [creationTime(at), subpacket(16, keyId(key))],
    unhashed: [],
  })),
  said("rubbish in its unhashed area", ["outrider"], (key) => ({
    unhashed: [subpacket(16, keyId(key)), Buffer.of(200)],
  })),
  said("an octet after its fields", ["gpg", "sqv", "sqop"], () => ({
    fields: (fields) => Buffer.concat([fields, Buffer.of(0)]),
  })),
  said("numbers that are zero", nobody, (key) => ({
    fields: () => Buffer.alloc(key.algorithm === 1 ? 2 : key.algorithm === 27 ? 64 : 4),
  })),
  framed("a wrong beginning of the digest", ["gpg", "sqv", "sqop"], (body) => {
    const copy = Buffer.from(body);
    const at = digestStartOf(body);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return forgeArmor(copy);
  }),
  framed("a packet in the old format", everybody, (body) =>
    armorText(Buffer.concat([Buffer.of(0x89), uint(body.length, 2), body])),
  ),
  framed("an indeterminate length", ["openpgpjs"], (body) =>
    armorText(Buffer.concat([Buffer.of(0x8b), body])),
  ),
  framed("a partial length", nobody, (body) => {
    const first = Buffer.concat([Buffer.of(0xc2, 0xe0 | 5), body.subarray(0, 32)]);
    const rest = body.subarray(32);
    return armorText(Buffer.concat([first, Buffer.of(0xff), uint(rest.length, 4), rest]));
  }),
  framed("a marker packet before it", others, (body) =>
    armorText(Buffer.concat([newPacket(10, Buffer.from("PGP")), newPacket(2, body)])),
  ),
  framed("a padding packet after it", ["openpgpjs", "gpg"], (body) =>
    armorText(Buffer.concat([newPacket(2, body), newPacket(21, Buffer.alloc(8))])),
  ),
  framed("no checksum", but("gpg"), (body) => forgeArmor(body).replace(/\n=.{4}\n/, "\n")),
  framed("a wrong checksum", but("gpg"), (body) =>
    forgeArmor(body).replace(/\n=.{4}\n/, "\n=AAAA\n"),
  ),
  framed("text before the block", others, (body) => `Hello\n\n${forgeArmor(body)}`),
  framed("text after the block", others, (body) => `${forgeArmor(body)}Hello\n`),
  framed("a header", everybody, (body) => forgeArmor(body).replace("\n\n", "\nComment: hello\n\n")),
  framed("CR LF in the armor", everybody, (body) => forgeArmor(body).replaceAll("\n", "\r\n")),
  framed("cut short", nobody, (body) => forgeArmor(body.subarray(0, -3))),
];

/** Where a verdict depends on the key as well: these refuse, although their list says otherwise. */
const exceptions: readonly {
  readonly twist?: string;
  readonly verifier: Verifier;
  readonly where: (key: ForgedKey, hash: number) => boolean;
}[] = [
  { twist: "SHA-224", verifier: "openpgpjs", where: ({ kind }) => kind.startsWith("ed25519") },
  {
    twist: "no fingerprint, but a key id",
    verifier: "openpgpjs",
    where: (key) => key.version === 6,
  },
  { verifier: "gpg", where: ({ kind }, hash) => kind === "nistp384" && hash === 8 },
];

/** Does this verifier accept? */
export function isListed(twist: Twist, verifier: Verifier, key: ForgedKey, hash: number): boolean {
  const isException = exceptions.some(
    (each) =>
      each.verifier === verifier &&
      (each.twist === undefined || each.twist === twist.name) &&
      each.where(key, hash),
  );
  return twist.accepts.includes(verifier) && !isException;
}

/** Where the first two octets of the digest are (RFC 9580 5.2.3). */
function digestStartOf(body: Buffer): number {
  const wide = body[0] === 6;
  const hashed = 4 + (wide ? 4 + body.readUInt32BE(4) : 2 + body.readUInt16BE(4));
  return hashed + (wide ? 4 + body.readUInt32BE(hashed) : 2 + body.readUInt16BE(hashed));
}
