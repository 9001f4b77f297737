/**
 * Hostile octets: whatever comes, the answer is a verdict or an OutriderError, in bounded time, and never a yes that
 * the key's holder did not give.
 */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { forgeCertificate } from "../../test/support/forge-certificate.ts";
import {
  armorText,
  creationTime,
  forgeArmor,
  forgeKey,
  forgeSignature,
  issuerFingerprint,
  newPacket,
  subpacket,
} from "../../test/support/forge.ts";
import { workedMs } from "../../test/support/worked.ts";
import { isOutriderError, type ErrorCode } from "../errors/index.ts";
import { joinSignatures, splitSignatures } from "./blocks.ts";
import { openTrustedKey, readPublicKey } from "./key.ts";
import { judgeCertificate } from "./openpgp/index.ts";
import { readSignaturePackets } from "./packet.ts";
import { verifySignatures } from "./verify.ts";

const numRuns = Number(process.env.OUTRIDER_FUZZ_RUNS ?? 1500);
const now = new Date("2026-07-01T00:00:00Z");
const content = Buffer.from("the content");
const keys = [
  forgeKey("ed25519"),
  forgeKey("ed25519-v6"),
  forgeKey("nistp256"),
  forgeKey("rsa3072"),
];
const trusted = keys.map((key) => key.trusted);

/** Codes of a verdict, and of the two things that verifySignatures throws. */
const codes: readonly ErrorCode[] = [
  "SIGNATURE_MALFORMED",
  "SIGNATURE_UNSUPPORTED",
  "SIGNATURE_INVALID",
  "SIGNATURE_TIME",
  "KEY_UNKNOWN",
  "KEY_EXPIRED",
];

function expectRefused(armored: string): void {
  try {
    for (const verdict of verifySignatures(content, [armored], trusted, now)) {
      if (verdict.ok) expect.fail(`accepted ${armored}`);
      expect(codes).toContain(verdict.error.code);
    }
  } catch (error) {
    expect(error).toMatchObject({ code: "SIGNATURE_TOO_MANY" });
  }
}

/** Octets that look somewhat like signature packets, so that deep steps are reached too. */
const packetLike = fc
  .record({
    version: fc.constantFrom(3, 4, 5, 6),
    type: fc.constantFrom(0, 1, 2),
    algorithm: fc.constantFrom(1, 3, 17, 19, 22, 27, 28),
    hash: fc.constantFrom(1, 2, 8, 9, 10, 12),
    subpackets: fc.array(
      fc.oneof(
        fc.constantFrom(creationTime(now), ...keys.map(issuerFingerprint)),
        fc
          .tuple(fc.nat(127), fc.uint8Array({ maxLength: 40 }), fc.boolean())
          .map(([type, body, critical]) => subpacket(type, body, critical)),
        fc.uint8Array({ maxLength: 8 }).map((octets) => Buffer.from(octets)),
      ),
      { maxLength: 4 },
    ),
    countBy: fc.constantFrom(0, 0, 0, 1, -1, 1000),
    rest: fc.uint8Array({ maxLength: 140 }),
  })
  .map(({ version, type, algorithm, hash, subpackets, countBy, rest }) => {
    const area = Buffer.concat(subpackets);
    const count = Buffer.alloc(version === 6 ? 4 : 2);
    count.writeUIntBE(Math.max(0, area.length + countBy), 0, count.length);
    return Buffer.concat([Buffer.of(version, type, algorithm, hash), count, area, rest]);
  });

test("any text in place of a signature is refused, and fails in no other way", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "-----BEGIN PGP SIGNATURE-----",
      "-----END PGP SIGNATURE-----",
      "",
      "Version: x",
      "=AAAA",
      "wnUEABYKAA==",
      " ",
    ),
    fc.string({ unit: "binary" }),
    fc.base64String(),
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(line).map((lines) => lines.join("\n")),
  );
  fc.assert(fc.property(text, expectRefused), { numRuns });
});

test("any octets in an armor", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (octets) => expectRefused(armorText(octets))),
    { numRuns },
  );
});

test("octets that look like signatures", () => {
  const framed = fc
    .array(packetLike, { minLength: 1, maxLength: 3 })
    .map((bodies) => forgeArmor(...bodies));
  fc.assert(fc.property(framed, expectRefused), { numRuns: 2 * numRuns });
});

/** RFC 9580 4.2 frames one packet in several ways: octet for octet it is the same signature. */
function isSamePacket(changed: Buffer, packet: Buffer): boolean {
  try {
    const [body, another] = readSignaturePackets(changed);
    const [original] = readSignaturePackets(packet);
    return (
      another === undefined &&
      body !== undefined &&
      original !== undefined &&
      Buffer.compare(original, body) === 0
    );
  } catch {
    return false;
  }
}

test("good signatures, cut, doubled or with octets put in", () => {
  const signatures = keys.map((key) => newPacket(2, forgeSignature(content, key)));
  fc.assert(
    fc.property(
      fc.constantFrom(...signatures),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(40),
      fc.uint8Array({ maxLength: 40 }),
      (packet, where, removed, added) => {
        const at = Math.floor(where * packet.length);
        const changed = Buffer.concat([
          packet.subarray(0, at),
          added,
          packet.subarray(at + removed),
        ]);
        if (!isSamePacket(changed, packet)) expectRefused(armorText(changed));
      },
    ),
    { numRuns },
  );
});

test("any octets in place of a key are read or refused, and fail in no other way", () => {
  const bodies = keys.map(({ body }) => body);
  const edited = fc
    .record({
      body: fc.constantFrom(...bodies),
      at: fc.nat(420),
      octets: fc.uint8Array({ maxLength: 6 }),
      cut: fc.nat(3),
    })
    .map(({ body, at, octets, cut }) =>
      Buffer.concat([body.subarray(0, at), octets, body.subarray(at + cut)]),
    );
  fc.assert(
    fc.property(fc.oneof(edited, fc.uint8Array({ maxLength: 80 })), fc.string(), (body, packet) => {
      try {
        readPublicKey(body);
      } catch (error) {
        expect(error).toMatchObject({ code: "KEY_REFUSED" });
      }
      expect(() => openTrustedKey({ ...trusted[0]!, packet })).toThrow(
        expect.objectContaining({ code: "KEY_REFUSED" }),
      );
    }),
    { numRuns },
  );
});

test("any certificate: what is judged good is bound to the very key", async () => {
  const key = keys[0]!;
  const octets = Buffer.from(forgeCertificate(key).split("\n").slice(2, -3).join(""), "base64");
  await fc.assert(
    fc.asyncProperty(
      fc.nat(octets.length - 1),
      fc.integer({ min: 0, max: 255 }),
      async (at, by) => {
        const changed = Buffer.from(octets);
        changed[at] = (changed[at] ?? 0) ^ by;
        try {
          const found = await judgeCertificate(armorText(changed, "PUBLIC KEY BLOCK"), now);
          expect(found.map(({ packet }) => packet)).toEqual([key.trusted.packet]);
        } catch (error) {
          if (!isOutriderError(error)) throw error;
          expect(error.code).toBe("KEY_REFUSED");
        }
      },
    ),
    { numRuns: numRuns / 5 },
  );
});

test("joining and splitting", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string(),
          packetLike.map((body) => forgeArmor(body)),
        ),
      ),
      (blocks) => {
        try {
          expect(splitSignatures(joinSignatures(blocks)).length).toBeGreaterThan(0);
        } catch (error) {
          expect(["SIGNATURE_MISSING", "SIGNATURE_MALFORMED", "SIGNATURE_TOO_MANY"]).toContain(
            (error as { code?: string }).code,
          );
        }
      },
    ),
    { numRuns: numRuns / 5 },
  );
});

test("the worst that fits takes bounded time", () => {
  const rsa = keys.at(-1)!;
  const megabytes = Buffer.alloc(32 * 1024 * 1024, 1);
  // The digest's beginning is public, so a forger gets it right, and each claim is hashed twice.
  const claim = forgeSignature(megabytes, rsa, { fields: altered });
  const signatures = Array.from({ length: 16 }, () => forgeArmor(claim));
  const hashed = timeOf(() => createHash("sha512").update(megabytes).digest());
  const verified = timeOf(() => {
    const verdicts = verifySignatures(megabytes, signatures, trusted, now);
    expect(verdicts.every((verdict) => !verdict.ok)).toBe(true);
  });
  // Sixteen claims on the largest document there may be, and some room for a busy machine.
  expect(verified).toBeLessThan(16 * 2 * hashed * 4 + 500);

  const many = Buffer.concat(Array.from({ length: 6000 }, () => newPacket(2, Buffer.alloc(0))));
  const nested = Buffer.concat(Array.from({ length: 3000 }, () => Buffer.of(1, 99)));
  const hostile = [
    "-".repeat(10_000_000),
    `-----BEGIN PGP SIGNATURE-----\n${"A: b\n".repeat(3000)}`,
    `-----BEGIN PGP SIGNATURE-----\n${" ".repeat(16_000)}\n-----END PGP SIGNATURE-----`,
    armorText(many).slice(0, 16_000),
    forgeArmor(forgeSignature(Buffer.from("other"), rsa, { more: [nested] })),
  ];
  for (const armored of hostile) {
    expect(timeOf(() => expectRefused(armored))).toBeLessThan(500);
  }
});

function timeOf(work: () => void): number {
  const started = workedMs();
  work();
  return workedMs() - started;
}

function altered(fields: Buffer): Buffer {
  return Buffer.concat([fields.subarray(0, -1), Buffer.of((fields.at(-1) ?? 0) ^ 1)]);
}
