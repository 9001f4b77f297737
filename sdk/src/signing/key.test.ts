import { expect, test } from "vitest";
import { forgeKey, mpi, uint, type ForgedKey } from "../../test/support/forge.ts";
import { fingerprintOf, openTrustedKey, readPublicKey } from "./key.ts";

const ed25519 = forgeKey("ed25519");
const native = forgeKey("ed25519-27");
const version6 = forgeKey("ed25519-v6");
const p256 = forgeKey("nistp256");
const rsa = forgeKey("rsa3072");
const refused = expect.objectContaining({ code: "KEY_REFUSED" });

// RFC 9580, A.1 and A.3.
const sampleVersion4 =
  "0453f35f0b16092b06010401da470f010107403f098994bdd916ed4053197934e4a87c80733a1280d62f8010992e43ee3b2406";
const sampleVersion6 =
  "0663877fe31b00000020f94da7bb48d60a61e567706a6587d0331999bb9d891a08242ead84543df895a3";

test("fingerprints, of version 4 and 6", () => {
  for (const key of [ed25519, native, version6, p256, rsa])
    expect(fingerprintOf(key.body)).toBe(key.fingerprint);
  expect(fingerprintOf(Buffer.from(sampleVersion4, "hex"))).toBe(
    "C959BDBAFA32A2F89A153B678CFDE12197965A9A",
  );
  expect(fingerprintOf(Buffer.from(sampleVersion6, "hex"))).toBe(
    "CB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9",
  );
});

test("a key says when it was made and how it signs", () => {
  const createdAtMs = Date.parse("2026-01-01T00:00:00Z");
  expect(readPublicKey(ed25519.body)).toMatchObject({
    version: 4,
    algorithm: 22,
    createdAtMs,
    integers: [32, 32],
  });
  expect(readPublicKey(version6.body)).toMatchObject({ version: 6, algorithm: 27, integers: [] });
  expect(readPublicKey(rsa.body)).toMatchObject({ algorithm: 1, integers: [384] });
});

test.for<[string, Buffer]>([
  ["nothing", Buffer.alloc(0)],
  ["version 3", Buffer.concat([Buffer.of(3), ed25519.body.subarray(1)])],
  ["version 5", Buffer.concat([Buffer.of(5), version6.body.subarray(1)])],
  ["an unknown algorithm", replaceAlgorithm(ed25519, 99)],
  ["Ed448", replaceAlgorithm(ed25519, 28)],
  ["DSA", forgeKey("dsa2048").body],
  ["P-521", forgeKey("nistp521").body],
  ["RSA of 2048 bits", forgeKey("rsa2048").body],
  ["RSA of 3071 bits", rsaOf(3071)],
  ["RSA of 16,392 bits", rsaOf(16_392)],
  ["RSA with exponent 3", rsaOf(3072, Buffer.of(3))],
  ["RSA with an exponent of nine octets", rsaOf(3072, Buffer.alloc(9, 1))],
  ["legacy Ed25519 with version 6", asVersion6(ed25519)],
  ["an octet too many", Buffer.concat([ed25519.body, Buffer.of(0)])],
  ["an octet too few", ed25519.body.subarray(0, -1)],
  ["a version 6 length that is wrong", replaceAt(version6.body, 9, 31)],
  ["a point off its curve", replaceAt(p256.body, -1, p256.body.at(-1)! ^ 1)],
  ["a compressed point", compressed(p256)],
  ["a point with another prefix", replaceAt(ed25519.body, 18, 0x41)],
  ["another curve", replaceAt(ed25519.body, 15, 0x02)],
])("refused: %s", ([, body]) => {
  expect(() => readPublicKey(body)).toThrow(refused);
});

test("RSA of 3072 bits is enough, 16,384 and an exponent of eight octets are the most", () => {
  expect(readPublicKey(rsaOf(3072)).integers).toEqual([384]);
  expect(readPublicKey(rsaOf(16_384, Buffer.alloc(8, 1))).integers).toEqual([2048]);
  expect(readPublicKey(replaceAlgorithm(rsa, 3))).toMatchObject({ algorithm: 3, integers: [384] });
});

test("an entry whose packet is another key's, or no base64, is refused", () => {
  const mixed = { ...ed25519.trusted, packet: native.trusted.packet };
  expect(() => openTrustedKey(mixed)).toThrow(refused);
  expect(() => openTrustedKey({ ...ed25519.trusted, packet: "?" })).toThrow(refused);
  expect(openTrustedKey(ed25519.trusted).algorithm).toBe(22);
});

function replaceAt(body: Buffer, at: number, octet: number): Buffer {
  const copy = Buffer.from(body);
  copy[at < 0 ? copy.length + at : at] = octet;
  return copy;
}

function replaceAlgorithm(key: ForgedKey, algorithm: number): Buffer {
  return replaceAt(key.body, 5, algorithm);
}

function asVersion6({ body }: ForgedKey): Buffer {
  const material = body.subarray(6);
  return Buffer.concat([Buffer.of(6), body.subarray(1, 6), uint(material.length, 4), material]);
}

function rsaOf(bits: number, exponent: Buffer = Buffer.of(1, 0, 1)): Buffer {
  const modulus = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  modulus[0] = 0xff >> (-bits & 7);
  return Buffer.concat([rsa.body.subarray(0, 6), mpi(modulus), mpi(exponent)]);
}

function compressed({ body }: ForgedKey): Buffer {
  const curve = body.subarray(0, 15);
  const point = body.subarray(17);
  return Buffer.concat([curve, mpi(Buffer.concat([Buffer.of(2), point.subarray(1, 33)]))]);
}
