/** THREATS S7: an old copy of a key from before its revocation. Revocation is a new trust version, not a packet. */
import { expect, test } from "vitest";
import { TrustSet } from "../../src/trust/index.ts";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";

test("S7 what a revoked key signed before its revocation is refused afterwards", async () => {
  const vendor = await Simulator.start();
  const stolen = vendor.signers.release[0]!;
  const { notification, manifest } = await vendor.deploy();
  const client = vendor.client();
  vendor.assign("release", [vendor.key("release 2")]);
  vendor.trust.revoked = { keys: [stolen.trusted.fingerprint] };
  client.update(await vendor.publishTrust());
  expect(verdictOf(() => client.verifyManifest(manifest))).toBe("KEY_REVOKED");
  expect(verdictOf(() => client.verifyNotification(notification))).toBe("KEY_REVOKED");
});

test("S7 a key that is only taken out of its role may not sign any more", async () => {
  const vendor = await Simulator.start();
  const { manifest } = await vendor.deploy();
  const client = vendor.client();
  vendor.assign("release", [vendor.key("release 2")]);
  client.update(await vendor.publishTrust());
  expect(verdictOf(() => client.verifyManifest(manifest))).toBe("KEY_ROLE");
});

test("S7 rotate root, replay the old chain: refused, it authorises nothing and cannot be put back", async () => {
  const vendor = await Simulator.start();
  const { notification } = await vendor.deploy();
  vendor.assign("root", [...vendor.signers.root, vendor.key("root 2")], 1);
  vendor.assign("release", [vendor.key("release 2")]);
  await vendor.publishTrust();
  const client = vendor.client();
  const [first, second] = vendor.published;
  expect(verdictOf(() => client.update(first!))).toBe("TRUST_VERSION");
  // After a restart, with the old document in place of the new one.
  const fooled = TrustSet.open(first!, { now: vendor.now, memory: client.memory });
  expect(verdictOf(() => fooled.verifyNotification(notification))).toBe("TRUST_VERSION");
  expect(fooled.update(second!)).toBe("applied");
  expect(verdictOf(() => fooled.verifyNotification(notification))).toBe("KEY_ROLE");
});

test("S7 another document of a version that was applied is refused, at start and on the way", async () => {
  const vendor = await Simulator.start();
  await vendor.publishTrust();
  const { memory } = vendor.client();
  vendor.trust.version = 1;
  vendor.assign("server", [vendor.key("other server")]);
  const twin = await vendor.publishTrust();
  expect(verdictOf(() => TrustSet.open(twin, { now: vendor.now, memory }))).toBe("TRUST_VERSION");
  const walking = TrustSet.open(vendor.published[0]!, { now: vendor.now, memory });
  expect(verdictOf(() => walking.update(twin))).toBe("TRUST_VERSION");
  expect(walking.document.version).toBe(1);
});

test("S7 a revoked primary takes its subkeys along; a revoked subkey goes alone", async () => {
  const primary = "B".repeat(40);
  for (const revokePrimary of [true, false]) {
    const vendor = await Simulator.start();
    const [laptop, card] = [vendor.key("Ada", { primary }), vendor.key("Ada", { primary })];
    const bob = vendor.key("Bob");
    vendor.assign("server", [laptop, card, bob], 1);
    vendor.trust.revoked = { keys: [revokePrimary ? primary : laptop.trusted.fingerprint] };
    await vendor.publishTrust();
    const verdict = async (key: typeof laptop): Promise<string> => {
      const catalog = await vendor.catalog([], {}, [key]);
      return verdictOf(() => vendor.client().verifyCatalog(catalog, { transport: "unc" }));
    };
    expect(await verdict(laptop)).toBe("KEY_REVOKED");
    expect(await verdict(card)).toBe(revokePrimary ? "KEY_REVOKED" : "accepted");
    expect(await verdict(bob)).toBe("accepted");
  }
});
