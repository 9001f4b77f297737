/**
 * Numbers that only look like a signature: the shapes that Project Wycheproof's vectors of Ed25519, ECDSA and RSA have
 * (no package of the registry ships the vectors themselves). The arithmetic is node:crypto's; this holds it, and the
 * way it is called, to refusing them.
 */
import { constants, createHash, createPublicKey, privateEncrypt, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  forgeArmor,
  forgeKey,
  forgeSignature,
  mpi,
  type ForgedKey,
  type ForgedSignatureOptions,
} from "../../test/support/forge.ts";
import { verifySignatures } from "./verify.ts";

const content = Buffer.from("the content");
const now = new Date("2026-07-01T00:00:00Z");
const keys = {
  legacy: forgeKey("ed25519"),
  native: forgeKey("ed25519-27"),
  p256: forgeKey("nistp256"),
  p384: forgeKey("nistp384"),
  rsa: forgeKey("rsa3072"),
};

function accepts(key: ForgedKey, fields: ForgedSignatureOptions["fields"]): boolean {
  const options = fields === undefined ? {} : { fields };
  const armored = forgeArmor(forgeSignature(content, key, options));
  const [verdict] = verifySignatures(content, [armored], [key.trusted], now);
  return verdict!.ok;
}

function toNumber(octets: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(octets).toString("hex") || "0"}`);
}

function toOctets(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

/** The integers of a signature's fields (RFC 9580 3.2). */
function readIntegers(fields: Buffer): bigint[] {
  const integers: bigint[] = [];
  for (let at = 0; at < fields.length;) {
    const length = (fields.readUInt16BE(at) + 7) >> 3;
    integers.push(toNumber(fields.subarray(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  return integers;
}

function writeIntegers(...integers: readonly bigint[]): Buffer {
  return Buffer.concat(integers.map((integer) => mpi(toOctets(integer))));
}

describe("Ed25519", () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const little = (value: bigint): Uint8Array =>
    Buffer.from(value.toString(16).padStart(64, "0"), "hex").toReversed();
  const split = (fields: Buffer): [Buffer, Buffer] => [fields.subarray(0, 32), fields.subarray(32)];

  test("S past the order of the group is refused (RFC 8032 5.1.7; malleability)", () => {
    expect(accepts(keys.native, undefined)).toBe(true);
    for (const factor of [1n, 2n, 15n])
      expect(
        accepts(keys.native, (fields) => {
          const [r, s] = split(fields);
          const scalar = toNumber(Buffer.from(s).toReversed());
          return Buffer.concat([r, little((scalar + factor * order) % 2n ** 256n)]);
        }),
      ).toBe(false);
  });

  test.for<[string, string]>([
    ["neutral", "0100000000000000000000000000000000000000000000000000000000000000"],
    ["order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
    ["order 4", "0000000000000000000000000000000000000000000000000000000000000000"],
    ["order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"],
    ["past the field's prime", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
    ["no point", "0200000000000000000000000000000000000000000000000000000000000000"],
  ])("R of small order or not on the curve is refused: %s", ([, point]) => {
    for (const s of [0n, 1n, order - 1n])
      expect(
        accepts(keys.native, () => Buffer.concat([Buffer.from(point, "hex"), little(s)])),
      ).toBe(false);
    expect(
      accepts(keys.native, (fields) =>
        Buffer.concat([Buffer.from(point, "hex"), split(fields)[1]]),
      ),
    ).toBe(false);
  });

  test("R and S exchanged, doubled, of the wrong length", () => {
    const twist = (change: (r: bigint, s: bigint) => readonly bigint[]): boolean =>
      accepts(keys.legacy, (fields) => {
        const [r = 0n, s = 0n] = readIntegers(fields);
        return writeIntegers(...change(r, s));
      });
    expect(twist((r, s) => [r, s])).toBe(true);
    expect(twist((r, s) => [s, r])).toBe(false);
    expect(twist((r) => [r, r])).toBe(false);
    expect(twist((r, s) => [r, s, 0n])).toBe(false);
    expect(twist((r) => [r])).toBe(false);
    expect(twist((r, s) => [r << 8n, s])).toBe(false);
    expect(twist((r, s) => [r, s + (1n << 256n)])).toBe(false);
  });
});

describe.for([
  ["P-256", keys.p256, 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n],
  [
    "P-384",
    keys.p384,
    0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  ],
] as const)("ECDSA %s", ([, key, order]) => {
  const twist = (change: (r: bigint, s: bigint) => readonly bigint[]): boolean =>
    accepts(key, (fields) => {
      const [r = 0n, s = 0n] = readIntegers(fields);
      return writeIntegers(...change(r, s));
    });

  test("r and s out of range, exchanged or too many are refused", () => {
    expect(twist((r, s) => [r, s])).toBe(true);
    const edge = [0n, 1n, order - 1n, order, order + 1n];
    for (const r of edge) for (const s of edge) expect(twist(() => [r, s])).toBe(false);
    for (const value of edge) {
      expect(twist((r) => [r, value])).toBe(false);
      expect(twist((_, s) => [value, s])).toBe(false);
    }
    expect(twist((r, s) => [s, r])).toBe(false);
    expect(twist((r, s) => [r + order, s])).toBe(false);
    expect(twist((r, s) => [r, s + order])).toBe(false);
    expect(twist((r, s) => [r, s, s])).toBe(false);
    expect(twist((r) => [r])).toBe(false);
  });

  test("r with the other s is the same holder's word on the same content", () => {
    // ECDSA has two values of s for each signature; nothing counts signatures by their octets.
    expect(twist((r, s) => [r, order - s])).toBe(true);
  });

  test("ASN.1 in place of r and s is refused", () => {
    const der = sign("sha512", content, key.privateKey);
    expect(accepts(key, () => der)).toBe(false);
    expect(accepts(key, () => mpi(der))).toBe(false);
  });
});

describe("RSA PKCS #1 v1.5", () => {
  const { rsa } = keys;
  const size = 384;
  const prefix = Buffer.from("3051300d060960864801650304020305000440", "hex");
  const modulus = toNumber(
    Buffer.from(createPublicKey(rsa.privateKey).export({ format: "jwk" }).n ?? "", "base64url"),
  );

  /** Fields of a signature whose encoded message is what `encode` makes of the digest. */
  function acceptsEncoded(encode: (digest: Buffer) => Buffer): boolean {
    const good = forgeSignature(content, rsa);
    const hashed = good.subarray(0, 6 + good.readUInt16BE(4));
    const trailer = Buffer.concat([hashed, Buffer.of(4, 0xff, 0, 0, 0, hashed.length)]);
    const digest = createHash("sha512").update(content).update(trailer).digest();
    const encoded = encode(digest);
    const value = privateEncrypt(
      { key: rsa.privateKey, padding: constants.RSA_NO_PADDING },
      encoded,
    );
    return accepts(rsa, () => mpi(value));
  }

  const pad = (info: Buffer, filler = 0xff): Buffer =>
    Buffer.concat([
      Buffer.of(0, 1),
      Buffer.alloc(size - 3 - info.length, filler),
      Buffer.of(0),
      info,
    ]);

  test("the encoding of EMSA-PKCS1-v1_5 and no other (RFC 8017 9.2)", () => {
    expect(acceptsEncoded((digest) => pad(Buffer.concat([prefix, digest])))).toBe(true);
    const wrong: readonly ((digest: Buffer) => Buffer)[] = [
      // Without the NULL parameter; of another hash; without DigestInfo.
      (digest) =>
        pad(Buffer.concat([Buffer.from("304f300b06096086480165030402030440", "hex"), digest])),
      (digest) =>
        pad(Buffer.concat([Buffer.from("3051300d060960864801650304020105000440", "hex"), digest])),
      (digest) => pad(digest),
      // Padding of zeros or other octets, of block type 2 or 0, too short with rubbish behind (Bleichenbacher 2006).
      (digest) => pad(Buffer.concat([prefix, digest]), 0),
      (digest) => pad(Buffer.concat([prefix, digest]), 0xfe),
      (digest) => replaced(pad(Buffer.concat([prefix, digest])), 1, 2),
      (digest) => replaced(pad(Buffer.concat([prefix, digest])), 1, 0),
      (digest) =>
        Buffer.concat([
          Buffer.of(0, 1),
          Buffer.alloc(8, 0xff),
          Buffer.of(0),
          prefix,
          digest,
          Buffer.alloc(size - 11 - 83),
        ]),
      (digest) => replaced(pad(Buffer.concat([prefix, digest])), size - 1, (digest[63] ?? 0) ^ 1),
    ];
    for (const encode of wrong) expect(acceptsEncoded(encode)).toBe(false);
  });

  test("PSS is another scheme", () => {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const value = sign("sha512", content, { key: rsa.privateKey, padding });
    expect(accepts(rsa, () => mpi(value))).toBe(false);
  });

  test("numbers past the modulus, zero, one and the modulus itself", () => {
    expect(accepts(rsa, (fields) => writeIntegers(...readIntegers(fields)))).toBe(true);
    for (const value of [0n, 1n, modulus - 1n, modulus])
      expect(accepts(rsa, () => writeIntegers(value))).toBe(false);
    expect(accepts(rsa, (fields) => writeIntegers((readIntegers(fields)[0] ?? 0n) + modulus))).toBe(
      false,
    );
    expect(accepts(rsa, (fields) => writeIntegers(modulus - (readIntegers(fields)[0] ?? 0n)))).toBe(
      false,
    );
  });
});

function replaced(octets: Buffer, at: number, octet: number): Buffer {
  const copy = Buffer.from(octets);
  copy[at] = octet;
  return copy;
}
