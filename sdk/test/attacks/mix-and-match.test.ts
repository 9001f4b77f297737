/** THREATS N10: pieces that were each good at some time, put together to something that never was. */
import { expect, test } from "vitest";
import { verdictOf } from "../support/refusal.ts";
import { seal, sealAs, Simulator } from "../support/simulator.ts";

const agent = { id: "till-7", groups: ["tills"] };

test("N10 an old catalog by share after a new one by HTTP: refused, one verifier hears all transports", async () => {
  const vendor = await Simulator.start();
  const [one, two] = [await vendor.deploy(), await vendor.deploy({ version: "2.0.0" })];
  const [old, current] = [await vendor.catalog([one]), await vendor.catalog([two])];
  const client = vendor.client({ agent });
  client.verifyCatalog(current, { transport: "http" });
  expect(verdictOf(() => client.verifyCatalog(old, { transport: "unc" }))).toBe("ROLLBACK");
});

test("N10 a mail that names an older version than the catalog on the share: refused", async () => {
  const vendor = await Simulator.start();
  const [one, two] = [await vendor.deploy(), await vendor.deploy({ version: "2.0.0" })];
  const client = vendor.client({ agent });
  client.verifyCatalog(await vendor.catalog([two]), { transport: "unc" });
  expect(verdictOf(() => client.verifyNotification(one.notification))).toBe("ROLLBACK");
  expect(client.verifyNotification(two.notification).standing).toBe("new");
});

test("N10 the catalog's word on other audiences binds nobody here", async () => {
  const vendor = await Simulator.start();
  const canary = await vendor.deploy({
    version: "3.0.0",
    trigger: { audience: { groups: ["canary"] } },
  });
  const ours = await vendor.deploy({ version: "2.0.0" });
  const client = vendor.client({ agent });
  const { current } = client.verifyCatalog(await vendor.catalog([canary, ours]), {
    transport: "unc",
  });
  expect(current).toMatchObject([{ version: "2.0.0" }]);
  expect(client.verifyNotification(ours.notification).standing).toBe("new");
});

test("N10 the manifest of one release with the order for another: refused, also when it comes later", async () => {
  const vendor = await Simulator.start();
  const [one, two] = [await vendor.deploy(), await vendor.deploy({ version: "2.0.0" })];
  const mixed = await vendor.announce({ trigger: two.trigger, manifest: one.manifest });
  expect(verdictOf(() => vendor.client({ agent }).verifyNotification(mixed))).toBe(
    "MANIFEST_MISMATCH",
  );

  const client = vendor.client({ agent });
  const bare = await seal(
    "notification/1",
    vendor.notification(two.trigger, undefined),
    vendor.signers.server,
  );
  const verified = client.verifyNotification(bare);
  expect(verified.manifest).toBeUndefined();
  expect(verdictOf(() => client.verifyManifest(one.manifest, verified.trigger))).toBe(
    "MANIFEST_MISMATCH",
  );
  expect(client.verifyManifest(two.manifest, verified.trigger).document.version).toBe("2.0.0");
});

test("N10 a manifest with other bytes and the same meaning is another manifest", async () => {
  const vendor = await Simulator.start();
  const { trigger, manifest } = await vendor.deploy();
  const spaced = await sealAs("manifest/1", `${manifest.text}\n`, vendor.signers.release);
  const client = vendor.client({ agent });
  const order = client.verifyTrigger(trigger);
  expect(verdictOf(() => client.verifyManifest(spaced, order))).toBe("MANIFEST_MISMATCH");
});

test("N10 what was recalled by any way is refused by every way", async () => {
  const recallers = {
    catalog: async (
      vendor: Simulator,
      client: ReturnType<Simulator["client"]>,
      manifest: string,
    ) => {
      client.verifyCatalog(await vendor.catalog([], { recalled: [manifest] }), {
        transport: "unc",
      });
    },
    control: async (
      vendor: Simulator,
      client: ReturnType<Simulator["client"]>,
      manifest: string,
    ) => {
      const recall = await vendor.control("recall", { manifest });
      client.remember(client.verifyControl(recall, { groups: ["tills"] }));
    },
    trust: async (vendor: Simulator, client: ReturnType<Simulator["client"]>, manifest: string) => {
      vendor.trust.revoked = { manifests: [manifest] };
      client.update(await vendor.publishTrust());
    },
  };
  for (const recall of Object.values(recallers)) {
    const vendor = await Simulator.start();
    const { notification, trigger, manifest } = await vendor.deploy();
    const client = vendor.client({ agent });
    expect(client.verifyNotification(notification).standing).toBe("new");
    await recall(vendor, client, JSON.parse(trigger.text).package.manifest);
    // Queued before, delivered later, wrapped anew: all the same.
    const wrapped = await vendor.announce({ trigger, manifest });
    expect(verdictOf(() => client.verifyNotification(notification))).toBe("RECALLED");
    expect(verdictOf(() => client.verifyNotification(wrapped))).toBe("RECALLED");
    expect(verdictOf(() => client.verifyTrigger(trigger))).toBe("RECALLED");
    expect(verdictOf(() => client.verifyManifest(manifest))).toBe("RECALLED");
  }
});

test("N10 a catalog that takes a recall back is refused", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client({ agent });
  const [a, b] = ["a".repeat(64), "b".repeat(64)];
  client.verifyCatalog(await vendor.catalog([], { recalled: [a] }), { transport: "unc" });
  expect(
    client.verifyCatalog(await vendor.catalog([], { recalled: [b, a] }), { transport: "unc" })
      .standing,
  ).toBe("new");
  const forgetful = await vendor.catalog([], { recalled: [a] });
  expect(verdictOf(() => client.verifyCatalog(forgetful, { transport: "http" }))).toBe("ROLLBACK");
});
