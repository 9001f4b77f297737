/** TUF's conformance suite, `test_expiration.py` and `test_delegated_expiration.py`, by their names. */
import { expect, test } from "vitest";
import { verdictOf } from "../support/refusal.ts";
import { aDay, Simulator } from "../support/simulator.ts";

const byHttp = { transport: "http" };

test("test_root_expired: it is applied all the same, and authorises nothing", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  client.update(await vendor.publishTrust());
  const { expiresAt } = vendor.trust;
  vendor.trust.issuedAt = new Date(vendor.now.getTime() - 2 * aDay).toISOString();
  vendor.trust.expiresAt = new Date(vendor.now.getTime() - aDay).toISOString();
  expect(client.update(await vendor.publishTrust())).toBe("applied");
  expect(client.document.version).toBe(3);
  const { notification, manifest, trigger } = await vendor.deploy();
  const catalog = await vendor.catalog([]);
  const control = await vendor.control("halt");
  expect([
    verdictOf(() => client.verifyNotification(notification)),
    verdictOf(() => client.verifyManifest(manifest)),
    verdictOf(() => client.verifyTrigger(trigger)),
    verdictOf(() => client.verifyCatalog(catalog, byHttp)),
    verdictOf(() => client.verifyControl(control, { groups: ["tills"] })),
  ]).toEqual(Array(5).fill("TRUST_EXPIRED"));
  // Only the last one's expiry counts: the next version, which is good, follows an expired one.
  vendor.trust.expiresAt = expiresAt;
  client.update(await vendor.publishTrust());
  expect(client.verifyNotification(notification).standing).toBe("new");
});

test("test_timestamp_expired, test_snapshot_expired", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const stale = await vendor.catalog([], {
    expiresAt: new Date(vendor.now.getTime() - 5 * aDay).toISOString(),
  });
  expect(verdictOf(() => client.verifyCatalog(stale, byHttp))).toBe("STALE");
});

test("test_targets_expired", async () => {
  const vendor = await Simulator.start();
  const past = { expiresAt: new Date(vendor.now.getTime() - 5 * aDay).toISOString() };
  const { notification } = await vendor.deploy({ notification: past });
  const client = vendor.client();
  expect(verdictOf(() => client.verifyNotification(notification))).toBe("EXPIRED");
  expect(client.memory.packages).toEqual([]);
});

test("test_expired_metadata: an expired catalog still holds the next one to its place", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  client.verifyCatalog(await vendor.catalog([], { sequence: 7, ...vendor.dates(7) }), byHttp);
  const lower = await vendor.catalog([], { sequence: 6, ...vendor.dates(21) });
  const higher = await vendor.catalog([], { sequence: 8, ...vendor.dates(21) });
  vendor.pass(18);
  const later = client.at(vendor.now);
  expect(later.silentServers).toHaveLength(1);
  expect(verdictOf(() => later.verifyCatalog(lower, byHttp))).toBe("ROLLBACK");
  expect(later.verifyCatalog(higher, byHttp).standing).toBe("new");
  expect(later.silentServers).toEqual([]);
});

test("test_delegated_targets_expired: an expired order inside a good notification", async () => {
  const vendor = await Simulator.start();
  const past = { expiresAt: new Date(vendor.now.getTime() - aDay).toISOString() };
  const { notification, trigger } = await vendor.deploy({ trigger: past });
  expect(verdictOf(() => vendor.client().verifyNotification(notification))).toBe("EXPIRED");
  expect(verdictOf(() => vendor.client().verifyTrigger(trigger))).toBe("EXPIRED");
});

test("test_expired_local_delegated_targets, test_expired_local_delegated_targets_updates", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const first = await vendor.deploy();
  expect(client.verifyNotification(first.notification).standing).toBe("new");
  vendor.pass(18);
  const later = client.at(vendor.now);
  expect(verdictOf(() => later.verifyNotification(first.notification))).toBe("EXPIRED");
  const second = await vendor.deploy({ version: "1.1.0" });
  expect(later.verifyNotification(second.notification).standing).toBe("new");
});

test("at the very moment of its expiry a document is expired (TUF 5.1: now must be before)", async () => {
  const vendor = await Simulator.start();
  const { notification } = await vendor.deploy();
  const catalog = await vendor.catalog([]);
  const week = new Date(vendor.now.getTime() + 7 * aDay);
  const justBefore = new Date(week.getTime() - 1);
  expect(verdictOf(() => vendor.client({ now: justBefore }).verifyNotification(notification))).toBe(
    "accepted",
  );
  expect(verdictOf(() => vendor.client({ now: week }).verifyNotification(notification))).toBe(
    "EXPIRED",
  );
  const day = new Date(vendor.now.getTime() + aDay);
  expect(verdictOf(() => vendor.client({ now: day }).verifyCatalog(catalog, byHttp))).toBe("STALE");
});
