/** THREATS S6: a key that expired was stolen, and signs with a date at which it was good. */
import { expect, test } from "vitest";
import { TrustSet } from "../../src/trust/index.ts";
import type { TestKey } from "../support/keys.ts";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";

const byHttp = { transport: "http" };

/** Made in 2019, good until 2020, signing as of 2019 for ever. */
function oldKey(vendor: Simulator, owner: string): TestKey {
  return vendor.key(owner, {
    at: new Date("2019-06-01T00:00:00Z"),
    notAfter: new Date("2020-01-01T00:00:00Z"),
  });
}

test.each(["release", "push", "server"] as const)(
  "S6 a %s key expired in 2020, signature of 2019, today: refused",
  async (role) => {
    const vendor = await Simulator.start();
    vendor.assign(role, [oldKey(vendor, "stolen")]);
    await vendor.publishTrust();
    const { notification } = await vendor.deploy();
    expect(verdictOf(() => vendor.client().verifyNotification(notification))).toBe("KEY_EXPIRED");
  },
);

test("S6 with a threshold of two, the expired key is not one of the two", async () => {
  const vendor = await Simulator.start();
  const [stolen, current, spare] = [
    oldKey(vendor, "stolen"),
    vendor.key("current"),
    vendor.key("spare"),
  ];
  vendor.assign("server", [stolen, current, spare], 2);
  await vendor.publishTrust();
  const sealed = await vendor.catalog([], {}, [stolen, current]);
  expect(verdictOf(() => vendor.client().verifyCatalog(sealed, byHttp))).toBe("THRESHOLD_NOT_MET");
  const good = await vendor.catalog([], {}, [spare, current]);
  expect(verdictOf(() => vendor.client().verifyCatalog(good, byHttp))).toBe("accepted");
});

test("S6 the refusal tells of the expired key, not of the stranger who signed before it", async () => {
  const vendor = await Simulator.start();
  const stolen = oldKey(vendor, "stolen");
  vendor.assign("server", [stolen]);
  await vendor.publishTrust();
  const sealed = await vendor.catalog([], {}, [vendor.key("stranger"), stolen]);
  expect(verdictOf(() => vendor.client().verifyCatalog(sealed, byHttp))).toBe("KEY_EXPIRED");
});

test("S6 an expired root key cannot make a successor, though the document that it signed still opens", async () => {
  const vendor = await Simulator.start();
  vendor.published.length = 0;
  vendor.trust.version = 0;
  vendor.assign("root", [oldKey(vendor, "stolen root")]);
  const pinned = await vendor.publishTrust();
  const client = TrustSet.open(pinned, { now: vendor.now });
  const { notification } = await vendor.deploy();
  expect(client.verifyNotification(notification).standing).toBe("new");
  const forged = await vendor.publishTrust();
  expect(verdictOf(() => client.update(forged))).toBe("KEY_EXPIRED");
  expect(client.document.version).toBe(1);
});
