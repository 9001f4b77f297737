/** THREATS S1: nothing signed it, and a verifier that asks "is every signature good?" says yes. */
import { expect, test } from "vitest";
import { sealText } from "../../src/messages/index.ts";
import { verifySignature, verifySignatures } from "../../src/signing/index.ts";
import { armorText } from "../support/forge.ts";
import { testKey } from "../support/keys.ts";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";

test("S1 unsigned documents of every kind are refused", async () => {
  const vendor = await Simulator.start();
  const { manifest, trigger, notification } = await vendor.deploy();
  const catalog = await vendor.catalog([]);
  const control = await vendor.control("halt");
  const client = vendor.client();
  const bare = <T extends { signatures: readonly string[] }>(sealed: T): T => ({
    ...sealed,
    signatures: [],
  });
  expect(verdictOf(() => client.verifyManifest(bare(manifest)))).toBe("SIGNATURE_MISSING");
  expect(verdictOf(() => client.verifyTrigger(bare(trigger)))).toBe("SIGNATURE_MISSING");
  expect(verdictOf(() => client.verifyNotification(bare(notification)))).toBe("SIGNATURE_MISSING");
  expect(verdictOf(() => client.verifyCatalog(bare(catalog), { transport: "http" }))).toBe(
    "SIGNATURE_MISSING",
  );
  expect(verdictOf(() => client.verifyControl(bare(control), { groups: ["tills"] }))).toBe(
    "SIGNATURE_MISSING",
  );
  const next = await vendor.publishTrust();
  expect(verdictOf(() => client.update(bare(next)))).toBe("SIGNATURE_MISSING");
  expect(client.document.version).toBe(1);
});

test("S1 a signature that holds nothing is no signature", () => {
  const key = testKey("vendor");
  const bytes = Buffer.from("{}");
  const now = new Date();
  const { signatures } = sealText("manifest/1", "{}", []);
  expect(verdictOf(() => verifySignatures(bytes, signatures, [key.trusted], now))).toBe(
    "SIGNATURE_MISSING",
  );
  for (const empty of ["", " ", "\n", armorText(Buffer.alloc(0))]) {
    expect(verdictOf(() => verifySignature(bytes, empty, [key.trusted], now))).toBe(
      "SIGNATURE_MALFORMED",
    );
    const verdicts = verifySignatures(bytes, [empty], [key.trusted], now);
    expect(verdicts.map(({ ok }) => ok)).toEqual([false]);
  }
});

test("S1 with no keys to trust, nobody is trusted", async () => {
  const key = testKey("vendor");
  const bytes = Buffer.from("{}");
  const armored = await key.source.sign(bytes);
  expect(verdictOf(() => verifySignature(bytes, armored, [], new Date()))).toBe("KEY_UNKNOWN");
});
