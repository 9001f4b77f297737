/** THREATS K3: a signature or key of an algorithm that no longer holds. One sample of each, correctly made. */
import { expect, test } from "vitest";
import { verifySignature } from "../../src/signing/index.ts";
import { judgeCertificate } from "../../src/signing/openpgp/index.ts";
import { forgeCertificate } from "../support/forge-certificate.ts";
import { forgeArmor, forgeKey, forgeSignature, hashNames } from "../support/forge.ts";
import { verdictOf } from "../support/refusal.ts";

const bytes = Buffer.from("content");
const now = new Date("2026-07-01T00:00:00Z");
const strong = forgeKey("rsa3072");

test.for([1, 2, 3, 11])(
  "K3 a signature with hash %i is refused, and a certificate that rests on it",
  async (hash) => {
    const armored = forgeArmor(forgeSignature(bytes, strong, { hash }));
    expect(verdictOf(() => verifySignature(bytes, armored, [strong.trusted], now))).toBe(
      "SIGNATURE_UNSUPPORTED",
    );
    await expect(judgeCertificate(forgeCertificate(strong, { hash }), now)).rejects.toMatchObject({
      code: "KEY_REFUSED",
    });
    expect(hashNames[hash]).toBeDefined();
  },
);

test.for(["rsa2048", "dsa2048", "nistp521"] as const)(
  "K3 a key of kind %s is refused, in a trust document and as a certificate",
  async (kind) => {
    const weak = forgeKey(kind);
    const armored = forgeArmor(forgeSignature(bytes, weak));
    expect(verdictOf(() => verifySignature(bytes, armored, [weak.trusted], now))).toBe(
      "KEY_REFUSED",
    );
    await expect(judgeCertificate(forgeCertificate(weak), now)).rejects.toMatchObject({
      code: "KEY_REFUSED",
    });
  },
);

test("K3 a strong primary does not carry a weak signing subkey in", async () => {
  const certificate = forgeCertificate(strong, { subkeys: [{ key: forgeKey("rsa2048") }] });
  await expect(judgeCertificate(certificate, now)).rejects.toThrow(/RSA of 2048 bits/);
});

test("K3 what is strong passes", async () => {
  const armored = forgeArmor(forgeSignature(bytes, strong, { hash: 8 }));
  expect(verifySignature(bytes, armored, [strong.trusted], now).key).toBe(strong.trusted);
  expect(await judgeCertificate(forgeCertificate(strong), now)).toHaveLength(1);
});
