/** THREATS S9: 200 kB of OpenPGP that inflate to 200 MB. Nothing that is read from outside is ever inflated. */
import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { splitSignatures, verifySignatures } from "../../src/signing/index.ts";
import { openSecretKey, judgeCertificate } from "../../src/signing/openpgp/index.ts";
import { armorText, forgeKey, newPacket } from "../support/forge.ts";
import { verdictOf } from "../support/refusal.ts";

const key = forgeKey("ed25519");
const now = new Date("2026-07-01T00:00:00Z");

/** A compressed packet with a literal packet of zeros in it. */
function bomb(bytes: number): Buffer {
  const literal = newPacket(11, Buffer.concat([Buffer.from("b\0\0\0\0\0"), Buffer.alloc(bytes)]));
  return newPacket(8, Buffer.concat([Buffer.of(1), deflateRawSync(literal)]));
}

// One as THREATS has it, and one that is small enough to pass the limit of a block.
const bombs = [bomb(200_000_000), bomb(11_000_000)];

test("S9 as a signature: refused, with less than 20 MB", () => {
  const armored = bombs.map((octets) => armorText(octets));
  expect(armored[1]!.length).toBeLessThan(16_384);
  const before = process.memoryUsage().rss;
  for (const block of armored) {
    expect(verifySignatures(Buffer.alloc(1), [block], [key.trusted], now)).toMatchObject([
      { ok: false, error: { code: "SIGNATURE_MALFORMED" } },
    ]);
    expect(verdictOf(() => splitSignatures(block))).toBe("SIGNATURE_MALFORMED");
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(20_000_000);
});

test("S9 as a certificate or a secret key: refused, with less than 20 MB", async () => {
  const before = process.memoryUsage().rss;
  for (const octets of bombs) {
    const certificate = armorText(octets, "PUBLIC KEY BLOCK");
    await expect(judgeCertificate(certificate, now)).rejects.toMatchObject({ code: "KEY_REFUSED" });
    const secret = armorText(Buffer.concat([newPacket(6, key.body), octets]), "PRIVATE KEY BLOCK");
    await expect(openSecretKey({ armored: secret })).rejects.toMatchObject({ code: "KEY_MISSING" });
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(20_000_000);
});
