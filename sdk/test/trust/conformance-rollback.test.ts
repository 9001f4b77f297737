/**
 * TUF's conformance suite, `test_rollback.py`, by its names. Our catalog is timestamp and snapshot in one; a version of
 * targets is a package's version. A catalog whose sequence rises while a version in it falls is not refused as a whole
 * (docs/adr/0002): the fallen entry is told apart, and its notification is refused.
 */
import { expect, test } from "vitest";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";

const byHttp = { transport: "http" };

test("test_simple_snapshot_rollback", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const [one, two] = [await vendor.deploy(), await vendor.deploy({ version: "2.0.0" })];
  const [old, current] = [await vendor.catalog([one]), await vendor.catalog([two])];
  client.verifyCatalog(current, byHttp);
  const { memory } = client;
  expect(verdictOf(() => client.verifyCatalog(old, byHttp))).toBe("ROLLBACK");
  expect(client.verifyCatalog(current, byHttp).standing).toBe("known");
  expect(client.memory).toBe(memory);
});

test("test_new_timestamp_version_rollback", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  client.verifyCatalog(await vendor.catalog([], { sequence: 2 }), byHttp);
  const lower = await vendor.catalog([], { sequence: 1 });
  expect(verdictOf(() => client.verifyCatalog(lower, byHttp))).toBe("ROLLBACK");
});

test("test_snapshot_rollback", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const [one, two] = [await vendor.deploy(), await vendor.deploy({ version: "2.0.0" })];
  client.verifyCatalog(await vendor.catalog([two]), byHttp);
  const fallen = client.verifyCatalog(await vendor.catalog([one]), byHttp);
  expect(fallen.fallen).toMatchObject([{ name: "demo-app", version: "1.0.0" }]);
  expect(verdictOf(() => client.verifyNotification(one.notification))).toBe("ROLLBACK");
  expect(client.verifyNotification(two.notification).standing).toBe("new");
});

test("a package that disappears and comes back lower is still remembered (TUF 5.5.6)", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const [one, two] = [await vendor.deploy(), await vendor.deploy({ version: "2.0.0" })];
  client.verifyCatalog(await vendor.catalog([two]), byHttp);
  expect(client.verifyCatalog(await vendor.catalog([]), byHttp).missing).toEqual(["demo-app"]);
  expect(client.verifyCatalog(await vendor.catalog([one]), byHttp).fallen).toHaveLength(1);
  expect(verdictOf(() => client.verifyNotification(one.notification))).toBe("ROLLBACK");
});

test("test_new_targets_fast_forward_recovery", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const far = await vendor.deploy({ version: "100.0.0" });
  client.verifyCatalog(await vendor.catalog([far]), byHttp);
  vendor.assign("server", [vendor.key("server 2")]);
  client.update(await vendor.publishTrust());
  const one = await vendor.deploy();
  expect(client.verifyCatalog(await vendor.catalog([one]), byHttp).fallen).toEqual([]);
  expect(client.verifyNotification(one.notification).standing).toBe("new");
});

test("test_new_snapshot_fast_forward_recovery, test_new_timestamp_fast_forward_recovery", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const deployment = await vendor.deploy({ sequence: 99_999 });
  client.verifyNotification(deployment.notification);
  client.verifyCatalog(await vendor.catalog([deployment], { sequence: 99_999 }), byHttp);
  vendor.assign("server", [vendor.key("server 2")]);
  client.update(await vendor.publishTrust());
  expect(client.memory.servers).toEqual([]);
  expect(
    client.verifyCatalog(await vendor.catalog([deployment], { sequence: 1 }), byHttp).standing,
  ).toBe("new");
  const again = await vendor.announce(deployment, { sequence: 1 });
  expect(client.verifyNotification(again).standing).toBe("new");
});

test("test_new_snapshot_version_mismatch: the notification is not the release that the catalog shows", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const shown = await vendor.deploy({ version: "2.0.0" });
  const other = await vendor.deploy({ version: "2.0.0", manifest: { description: "built again" } });
  client.verifyCatalog(await vendor.catalog([shown]), byHttp);
  expect(verdictOf(() => client.verifyNotification(other.notification))).toBe("EQUIVOCATION");
});

test("test_targets_rollback", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  client.verifyNotification((await vendor.deploy({ version: "3.0.0" })).notification);
  const { memory } = client;
  const lower = await vendor.deploy({ version: "1.0.0" });
  expect(verdictOf(() => client.verifyNotification(lower.notification))).toBe("ROLLBACK");
  expect(client.memory).toBe(memory);
});
