/** THREATS T1: a forged or tampered trigger. The recogniser is a cheap look at the first bytes, before any crypto. */
import { assert, asyncProperty, nat, property, uint8Array } from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { isOutriderError } from "../../src/errors/index.ts";
import { openEnvelope, recognize } from "../../src/messages/index.ts";
import { recognizeTrigger } from "../../src/server/recognize.ts";
import { TrustSet } from "../../src/trust/index.ts";
import { testKey } from "../support/keys.ts";
import { documentIn, tampered, Vendor } from "../support/vendor.ts";
import { verifies } from "../support/verifies.ts";

let vendor: Vendor;
let trigger: Uint8Array;
beforeAll(async () => {
  vendor = await Vendor.open();
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
  trigger = await vendor.trigger(hosted);
});
afterAll(() => vendor.close());

test("T1 every flipped byte of what was signed is refused or not recognized, and nothing is sent", async () => {
  verifies("step-64-authenticate", "step-65");
  const text = new TextDecoder().decode(trigger);
  const signatures = text.indexOf('"signatures"');
  for (let at = 0; at < signatures; at++) {
    const verdict = await vendor.server.submit(flip(trigger, at));
    expect(verdict.outcome, `byte ${at}`).not.toBe("accepted");
  }
  await vendor.server.settle();
  expect(vendor.email.deliveries).toEqual([]);
  expect(await vendor.store.deployments.list()).toEqual([]);
});

test("T1 a flipped byte of the signature is refused, but in the issuer hint, which no signature covers", async () => {
  const start = new TextDecoder().decode(trigger).indexOf('"signatures"');
  const passed: number[] = [];
  const verify = async (bytes: Uint8Array): Promise<void> => {
    const sealed = openEnvelope(recognize(bytes, "trigger/1")!);
    expect(vendor.trust.verifyTrigger(sealed).document).toEqual(documentIn(trigger, "trigger/1"));
  };
  for (let at = start; at < trigger.length; at++) {
    const [outcome] = await Promise.allSettled([verify(flip(trigger, at))]);
    if (outcome.status === "fulfilled") passed.push(at);
    else if (!isOutriderError(outcome.reason)) throw outcome.reason;
  }
  // RFC 9580 5.2.3.7: unhashed subpackets are hints; the issuer's key id has 8 bytes, 11 characters of base64. The others
  // that pass are line ends and unused bits of the base64 itself: the signature that they spell is the same.
  expect(passed.length).toBeLessThanOrEqual(16);
});

test("T1 a changed audience, rollout or package under the old signature is refused", async () => {
  const changes: [string, string][] = [
    ['"tills"', '"banks"'],
    ['"demo-app"', '"evil-app"'],
    ['"auto"', '"offer"'],
    ['"1.0.0"', '"9.0.0"'],
  ];
  for (const [from, to] of changes)
    expect(
      await vendor.server.submit(tampered(trigger, (text) => text.replace(from, to))),
    ).toMatchObject({
      outcome: "refused",
      code: "SIGNATURE_INVALID",
    });
});

test("T1 random bytes never reach the verifier", async () => {
  const verify = vi.spyOn(TrustSet.prototype, "verifyTrigger");
  await assert(
    asyncProperty(uint8Array({ maxLength: 2000 }), async (bytes) => {
      expect(await vendor.server.submit(bytes)).toEqual({ outcome: "ignored" });
    }),
    { numRuns: 200 },
  );
  expect(verify).not.toHaveBeenCalled();
  verify.mockRestore();
});

test("T1 recognizing is total: any bytes, also those that begin right, give an answer and no error", () => {
  verifies("step-62", "claim-2");
  const head = new TextEncoder().encode('{"outrider":"trigger/1",');
  assert(
    property(uint8Array({ maxLength: 500 }), nat(head.length), (tail, cut) => {
      const bytes = Buffer.concat([head.subarray(0, cut), tail]);
      const recognized = recognizeTrigger({ bytes, via: "http", receivedAt: new Date(0) });
      expect(
        recognized === undefined ||
          cut === head.length ||
          bytes.subarray(0, head.length).equals(head),
      ).toBe(true);
    }),
  );
});

test("T1 a trigger by a key that nobody trusts, or that trusts itself with another role, is refused", async () => {
  verifies("step-64-authenticate", "claim-3");
  const hosted = (await vendor.host.list())[0]!;
  const found = (await vendor.host.find(hosted.manifest))!;
  const stranger = await vendor.trigger(found, {
    keys: [testKey("mallory", { at: vendor.simulator.now }).source],
  });
  expect(await vendor.server.submit(stranger)).toMatchObject({
    outcome: "refused",
    code: "KEY_UNKNOWN",
  });
  const server = await vendor.trigger(found, {
    keys: [vendor.simulator.signers.server[0]!.source],
  });
  expect(await vendor.server.submit(server)).toMatchObject({
    outcome: "refused",
    code: "KEY_ROLE",
  });
});

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  flipped[at]! ^= 1 << (at % 8);
  return flipped;
}
