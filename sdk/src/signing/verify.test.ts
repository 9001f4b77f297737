import { describe, expect, test } from "vitest";
import {
  armorText,
  creationTime,
  expirationTime,
  forgeArmor,
  forgeKey,
  forgeSignature,
  issuerFingerprint,
  mpi,
  newPacket,
  subpacket,
  uint,
  type ForgedKey,
  type ForgedSignatureOptions,
} from "../../test/support/forge.ts";
import type { ErrorCode } from "../errors/index.ts";
import { clockSkewMs, verifySignature, verifySignatures } from "./verify.ts";

const bytes = Buffer.from("the very bytes\r\n");
const now = new Date("2026-07-01T00:00:00Z");
const made = new Date("2026-06-01T00:00:00Z");
const keys = {
  ed25519: forgeKey("ed25519"),
  native: forgeKey("ed25519-27"),
  v6: forgeKey("ed25519-v6"),
  p256: forgeKey("nistp256"),
  p256v6: forgeKey("nistp256-v6"),
  p384: forgeKey("nistp384"),
  rsa: forgeKey("rsa3072"),
};
const key = keys.ed25519;
const trusted = Object.values(keys).map((each) => each.trusted);

function codeOf(armored: string, at: Date = now, content: Uint8Array = bytes): ErrorCode | "ok" {
  const [verdict, ...more] = verifySignatures(content, [armored], trusted, at);
  expect(more).toEqual([]);
  return verdict!.ok ? "ok" : verdict!.error.code;
}

function codeWith(options: ForgedSignatureOptions, signer: ForgedKey = key): ErrorCode | "ok" {
  return codeOf(forgeArmor(forgeSignature(bytes, signer, options)));
}

describe("what is accepted", () => {
  const hashes = [8, 9, 10];
  test.for(
    Object.entries(keys).flatMap(([name, each]) => hashes.map((hash) => ({ name, each, hash }))),
  )("$name with hash $hash", ({ each, hash }) => {
    const armored = forgeArmor(forgeSignature(bytes, each, { hash }));
    const verified = verifySignature(bytes, armored, trusted, now);
    expect(verified.key).toBe(each.trusted);
    expect(verified.createdAt).toEqual(made);
    expect(codeOf(armored, now, Buffer.from("other bytes"))).toBe("SIGNATURE_INVALID");
  });

  test("the empty document, and one of a megabyte", () => {
    for (const content of [Buffer.alloc(0), Buffer.alloc(1 << 20, 1)])
      expect(codeOf(forgeArmor(forgeSignature(content, key)), now, content)).toBe("ok");
  });

  test("an old-format header with a length of one, two or four octets (RFC 9580 4.2.2)", () => {
    const body = forgeSignature(bytes, key);
    for (const [type, size] of [
      [0, 1],
      [1, 2],
      [2, 4],
    ] as const) {
      const packet = Buffer.concat([Buffer.of(0x88 | type), uint(body.length, size), body]);
      expect(codeOf(armorText(packet))).toBe("ok");
    }
  });

  test("a new-format header with a length of one or two octets (RFC 9580 4.2.1)", () => {
    const short = forgeSignature(bytes, key);
    expect(codeOf(armorText(Buffer.concat([Buffer.of(0xc2, short.length), short])))).toBe("ok");
    for (const extra of [0, 150, 3000, 7800]) {
      const long = forgeSignature(bytes, keys.rsa, { unhashed: [Buffer.alloc(extra)] });
      const packet = Buffer.concat([Buffer.of(0xc2), twoOctets(long.length), long]);
      expect(codeOf(armorText(packet))).toBe("ok");
    }
  });

  test("subpackets that are not known and not critical, and any unhashed octets", () => {
    const more = [subpacket(20, Buffer.alloc(40)), subpacket(99, Buffer.alloc(300))];
    const hashed = [creationTime(made, true), issuerFingerprint(key)];
    expect(codeWith({ more: [more[0]!] })).toBe("ok");
    expect(codeWith({ hashed })).toBe("ok");
    expect(codeWith({ unhashed: [Buffer.from("not a subpacket")] })).toBe("ok");
  });

  test("lengths of subpackets of two and five octets (RFC 9580 5.2.3.7)", () => {
    const long = Buffer.alloc(300, 1);
    const two = Buffer.concat([Buffer.of(192, 301 - 192, 99), long]);
    const far = Buffer.alloc(16_318, 1);
    const widest = Buffer.concat([Buffer.of(254, 255, 99), far]);
    const five = Buffer.concat([Buffer.of(255), uint(301, 4), Buffer.of(99), long]);
    expect(codeWith({ more: [two] })).toBe("ok");
    expect(codeWith({ more: [five] })).toBe("ok");
    // Such a one is past the limit of a block, but it must not be misread either.
    expect(codeWith({ more: [widest] })).toBe("SIGNATURE_MALFORMED");
  });
});

describe("what is refused although it was signed correctly", () => {
  test.for<[string, ForgedSignatureOptions, ErrorCode]>([
    ["text mode", { type: 1 }, "SIGNATURE_UNSUPPORTED"],
    ["standalone", { type: 2 }, "SIGNATURE_UNSUPPORTED"],
    ["certification", { type: 0x13 }, "SIGNATURE_UNSUPPORTED"],
    ["timestamp", { type: 0x40 }, "SIGNATURE_UNSUPPORTED"],
    ["MD5", { hash: 1 }, "SIGNATURE_UNSUPPORTED"],
    ["SHA-1", { hash: 2 }, "SIGNATURE_UNSUPPORTED"],
    ["RIPEMD-160", { hash: 3 }, "SIGNATURE_UNSUPPORTED"],
    ["SHA-224", { hash: 11 }, "SIGNATURE_UNSUPPORTED"],
    ["SHA3-256", { hash: 12 }, "SIGNATURE_UNSUPPORTED"],
    ["SHA3-512", { hash: 14 }, "SIGNATURE_UNSUPPORTED"],
    ["an unknown hash", { hash: 99 }, "SIGNATURE_UNSUPPORTED"],
    ["version 3", { version: 3 }, "SIGNATURE_UNSUPPORTED"],
    ["version 5", { version: 5 }, "SIGNATURE_UNSUPPORTED"],
    ["another algorithm than the key's", { algorithm: 27 }, "SIGNATURE_UNSUPPORTED"],
    ["no time", { hashed: [issuerFingerprint(key)] }, "SIGNATURE_UNSUPPORTED"],
    ["no fingerprint", { hashed: [creationTime(made)] }, "SIGNATURE_UNSUPPORTED"],
    [
      "time and fingerprint only unhashed",
      { hashed: [], unhashed: [creationTime(made), issuerFingerprint(key)] },
      "SIGNATURE_UNSUPPORTED",
    ],
    ["time twice", { more: [creationTime(made)] }, "SIGNATURE_MALFORMED"],
    ["fingerprint twice", { more: [issuerFingerprint(key)] }, "SIGNATURE_MALFORMED"],
    [
      "a critical notation",
      { more: [subpacket(20, Buffer.alloc(12), true)] },
      "SIGNATURE_UNSUPPORTED",
    ],
    [
      "an unknown critical subpacket",
      { more: [subpacket(99, Buffer.alloc(1), true)] },
      "SIGNATURE_UNSUPPORTED",
    ],
    [
      "a time of three octets",
      { hashed: [subpacket(2, Buffer.alloc(3)), issuerFingerprint(key)] },
      "SIGNATURE_MALFORMED",
    ],
    [
      "a time of five octets",
      { hashed: [subpacket(2, Buffer.alloc(5)), issuerFingerprint(key)] },
      "SIGNATURE_MALFORMED",
    ],
    ["a subpacket without a type", { more: [Buffer.of(0)] }, "SIGNATURE_MALFORMED"],
    ["a subpacket that is too long", { more: [Buffer.of(9, 99)] }, "SIGNATURE_MALFORMED"],
    [
      "a fingerprint of a version 6 key",
      { hashed: [creationTime(made), issuerFingerprint(keys.v6)] },
      "SIGNATURE_MALFORMED",
    ],
    [
      "more octets at its end",
      { fields: (fields) => Buffer.concat([fields, Buffer.of(0)]) },
      "SIGNATURE_MALFORMED",
    ],
    [
      "fewer octets at its end",
      { fields: (fields) => fields.subarray(0, -1) },
      "SIGNATURE_MALFORMED",
    ],
    [
      "an integer with a leading zero",
      { fields: (fields) => Buffer.concat([Buffer.of(1, 8, 0), fields.subarray(2)]) },
      "SIGNATURE_MALFORMED",
    ],
    [
      "an integer that is too long",
      { fields: () => Buffer.concat([mpi(Buffer.alloc(33, 1)), mpi(Buffer.alloc(32, 1))]) },
      "SIGNATURE_MALFORMED",
    ],
    [
      "a digest that begins otherwise",
      { digestStart: ([first = 0, second = 0]) => Buffer.of(first, second ^ 1) },
      "SIGNATURE_INVALID",
    ],
    ["zeros for a signature", { fields: () => Buffer.alloc(4) }, "SIGNATURE_INVALID"],
  ])("%s", ([, options, code]) => {
    expect(codeWith(options)).toBe(code);
  });

  test("a version 6 salt of the wrong size (RFC 9580 5.2.3)", () => {
    for (const saltSize of [0, 16, 31, 33])
      expect(codeWith({ saltSize }, keys.v6)).toBe("SIGNATURE_MALFORMED");
  });

  test("version 4 by a version 6 key, and the other way round (RFC 9580 5.2.3)", () => {
    const asVersion4 = { version: 4, hashed: [creationTime(made), issuerFingerprint(keys.v6)] };
    expect(codeWith(asVersion4, keys.v6)).toBe("SIGNATURE_MALFORMED");
    const hashed = [
      creationTime(made),
      issuerFingerprint({ version: 6, fingerprint: key.fingerprint }),
    ];
    expect(codeWith({ version: 6, hashed })).toBe("SIGNATURE_MALFORMED");
    const padded = { version: 6 as const, fingerprint: key.fingerprint.padEnd(64, "0") };
    expect(codeWith({ version: 6, hashed: [creationTime(made), issuerFingerprint(padded)] })).toBe(
      "KEY_UNKNOWN",
    );
  });

  test("a stranger's", () => {
    const stranger = forgeKey("ed25519");
    expect(codeWith({}, stranger)).toBe("KEY_UNKNOWN");
    // Claims to be of a trusted key.
    expect(codeWith({ hashed: [creationTime(made), issuerFingerprint(key)] }, stranger)).toBe(
      "SIGNATURE_INVALID",
    );
  });
});

describe("time", () => {
  const skewed = new Date(now.getTime() + clockSkewMs);
  test.for<[string, Date, number | undefined, ErrorCode | "ok"]>([
    ["as old as its key", new Date("2026-01-01T00:00:00Z"), undefined, "ok"],
    ["a second older than its key", new Date("2025-12-31T23:59:59Z"), undefined, "SIGNATURE_TIME"],
    ["in the future, within the clocks' difference", skewed, undefined, "ok"],
    ["in the future", new Date(skewed.getTime() + 1000), undefined, "SIGNATURE_TIME"],
    ["without end", made, 0, "ok"],
    ["ending in a second", made, 30 * 86_400 + 1, "ok"],
    ["ending now", made, 30 * 86_400, "SIGNATURE_TIME"],
  ])("%s", ([, createdAt, lifetime, code]) => {
    const more = lifetime === undefined ? [] : [expirationTime(lifetime)];
    expect(codeWith({ createdAt, more })).toBe(code);
  });

  test("a key past its notAfter signs no more, whatever date the signature has", () => {
    const armored = forgeArmor(forgeSignature(bytes, key));
    const end = Date.parse(key.trusted.notAfter);
    expect(codeOf(armored, new Date(end))).toBe("ok");
    expect(codeOf(armored, new Date(end + 1))).toBe("KEY_EXPIRED");
  });

  test("moments that are no moments are refused", () => {
    const armored = forgeArmor(forgeSignature(bytes, key));
    expect(codeOf(armored, new Date(Number.NaN))).toBe("KEY_EXPIRED");
    const endless = { ...key.trusted, notAfter: "never" };
    const [verdict] = verifySignatures(bytes, [armored], [endless], now);
    expect(verdict).toMatchObject({ ok: false, error: { code: "KEY_EXPIRED" } });
  });
});

describe("several signatures", () => {
  const good = forgeArmor(forgeSignature(bytes, key));
  const bad = forgeArmor(forgeSignature(Buffer.from("other"), key));

  test("each has its verdict, in order", () => {
    const two = forgeArmor(forgeSignature(bytes, keys.rsa), forgeSignature(bytes, keys.v6));
    const verdicts = verifySignatures(bytes, [bad, good, "rubbish", two], trusted, now);
    expect(verdicts.map((each) => (each.ok ? each.signature.key.owner : each.error.code))).toEqual([
      "SIGNATURE_INVALID",
      "ed25519",
      "SIGNATURE_MALFORMED",
      "rsa3072",
      "ed25519-v6",
    ]);
  });

  test("none is refused; 16 are allowed, 17 are not, in whatever blocks", () => {
    const verify = (signatures: string[]): number =>
      verifySignatures(bytes, signatures, trusted, now).filter(({ ok }) => ok).length;
    const body = forgeSignature(bytes, key);
    const block = (count: number): string =>
      forgeArmor(...Array.from({ length: count }, () => body));
    expect(() => verify([])).toThrow(expect.objectContaining({ code: "SIGNATURE_MISSING" }));
    expect(verify(Array.from({ length: 16 }, () => good))).toBe(16);
    expect(verify([block(16)])).toBe(16);
    expect(verify([block(8), block(8)])).toBe(16);
    for (const tooMany of [
      Array.from({ length: 17 }, () => good),
      [block(17)],
      [block(9), block(8)],
    ])
      expect(() => verify(tooMany)).toThrow(
        expect.objectContaining({ code: "SIGNATURE_TOO_MANY" }),
      );
  });

  test("where one is asked for, two are refused", () => {
    const two = forgeArmor(forgeSignature(bytes, key), forgeSignature(bytes, key));
    expect(() => verifySignature(bytes, two, trusted, now)).toThrow(
      expect.objectContaining({ code: "SIGNATURE_TOO_MANY" }),
    );
    expect(() => verifySignature(bytes, bad, trusted, now)).toThrow(
      expect.objectContaining({ code: "SIGNATURE_INVALID", subject: key.fingerprint }),
    );
  });
});

describe("framing", () => {
  const body = forgeSignature(bytes, key);

  test.for<[string, Buffer]>([
    ["no packet", Buffer.alloc(1)],
    ["a header without its highest bit", Buffer.concat([Buffer.of(0x42, body.length), body])],
    ["an indeterminate length", Buffer.concat([Buffer.of(0x8b), body])],
    ["a partial length", Buffer.concat([Buffer.of(0xc2, 0xe7), body])],
    [
      "a partial length that would fit as a whole one",
      Buffer.concat([Buffer.of(0xc2), twoOctets(8384), bodyOf(8384)]),
    ],
    [
      "an indeterminate length that would fit as one of eight octets",
      Buffer.concat([Buffer.of(0x8b), uint(0, 4), uint(body.length, 4), body]),
    ],
    ["another type in the old format", Buffer.concat([Buffer.of(0x98, body.length), body])],
    ["no type in the old format", Buffer.concat([Buffer.of(0x80, body.length), body])],
    ["another type in the new format", newPacket(6, body)],
    ["a length past the end", Buffer.concat([Buffer.of(0xc2, body.length + 1), body])],
    ["a length before the end", Buffer.concat([Buffer.of(0xc2, body.length - 1), body])],
    ["a length of four gigabytes", Buffer.concat([Buffer.of(0xc2, 255, 255, 255, 255, 255), body])],
    ["something after it", Buffer.concat([newPacket(2, body), Buffer.of(0)])],
    [
      "a marker packet before it",
      Buffer.concat([newPacket(10, Buffer.from("PGP")), newPacket(2, body)]),
    ],
    [
      "a padding packet after it",
      Buffer.concat([newPacket(2, body), newPacket(21, Buffer.alloc(9))]),
    ],
    ["a literal packet", newPacket(11, Buffer.from("b\0\0\0\0\0hello"))],
    ["a key packet", newPacket(6, key.body)],
    ["an empty signature packet", newPacket(2, Buffer.alloc(0))],
  ])("%s is refused", ([, octets]) => {
    expect(codeOf(armorText(octets))).toBe("SIGNATURE_MALFORMED");
  });

  test("whatever is left of it is refused, never read past its end", () => {
    for (let length = 0; length < body.length; length++) {
      const code = codeOf(armorText(newPacket(2, body.subarray(0, length))));
      expect(["SIGNATURE_MALFORMED", "SIGNATURE_UNSUPPORTED"]).toContain(code);
    }
  });
});

/** A length of two octets in the new format (RFC 9580 4.2.1). */
function twoOctets(length: number): Buffer {
  return Buffer.of(((length - 192) >> 8) + 192, (length - 192) & 0xff);
}

/** A good signature of this length. */
function bodyOf(length: number): Buffer {
  const { length: least } = forgeSignature(bytes, key);
  return forgeSignature(bytes, key, { unhashed: [Buffer.alloc(length - least)] });
}
