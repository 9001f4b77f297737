import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { documentIn, Vendor } from "../../test/support/vendor.ts";
import { openEnvelope, recognize } from "../messages/index.ts";

let vendor: Vendor;
beforeEach(async () => {
  vendor = await Vendor.open();
});
afterEach(() => vendor.close());

describe("a trigger's way through the server", () => {
  test("accepted, it reaches every agent by its transport, in a notification that agents believe", async () => {
    const hosted = await vendor.publish("demo-app", "1.0.0");
    await vendor.enrol([
      { id: "till-1" },
      { id: "till-2" },
      { id: "till-3", addresses: { unc: true } },
    ]);
    const verdict = await vendor.server.submit(await vendor.trigger(hosted));
    expect(verdict).toMatchObject({ outcome: "accepted" });
    await vendor.server.settle();

    expect(vendor.email.deliveries).toHaveLength(1); // like notifications: one mail for both
    expect(vendor.email.deliveries[0]!.recipients).toEqual([
      { agent: "till-1", address: "till-1@shop.example" },
      { agent: "till-2", address: "till-2@shop.example" },
    ]);
    const notification = documentIn(vendor.email.deliveries[0]!.envelope, "notification/1");
    expect(notification.sources.map(({ kind }) => kind)).toEqual(["attached", "http", "unc"]);
    expect(vendor.email.deliveries[0]!.attachment?.sha256).toBe(hosted.archives[0]!.sha256);

    const agent = vendor.simulator.client({ agent: { id: "till-1", groups: ["tills"] } });
    const sealed = openEnvelope(recognize(vendor.email.deliveries[0]!.envelope, "notification/1")!);
    expect(agent.verifyNotification(sealed).manifest?.document.name).toBe("demo-app");

    expect(vendor.share.deliveries).toHaveLength(1);
    const onShare = vendor.share.deliveries[0]!;
    expect(onShare.attachment?.path).toBe(hosted.archives[0]!.path);
    const reader = vendor.simulator.client({ agent: { id: "till-3", groups: ["tills"] } });
    const catalog = reader.verifyCatalog(openEnvelope(recognize(onShare.catalog!, "catalog/1")!), {
      transport: "unc",
    });
    expect(catalog.current.map(({ name, version }) => `${name} ${version}`)).toEqual([
      "demo-app 1.0.0",
    ]);
    // The share's own notification is the one that the catalog lists.
    const { sha256Hex } = await import("../signing/index.ts");
    expect(catalog.current[0]!.notification).toBe(sha256Hex(onShare.envelope));
  });

  test("receipts move agents, and the deployment finishes when all have answered", async () => {
    const hosted = await vendor.publish("demo-app", "1.0.0");
    await vendor.enrol([{ id: "till-1" }, { id: "till-2" }]);
    const verdict = await vendor.server.submit(await vendor.trigger(hosted));
    if (verdict.outcome !== "accepted") throw new Error(JSON.stringify(verdict));
    const id = verdict.deployment;
    await vendor.server.settle();
    expect((await vendor.store.deployments.progress(id))!.waves[0]!.counts).toMatchObject({
      sent: 2,
    });
    for (const agent of ["till-1", "till-2"])
      expect(
        await vendor.server.receive(await vendor.receipt(agent, id, "installed")),
      ).toMatchObject({ outcome: "accepted" });
    await vendor.server.settle();
    const progress = (await vendor.store.deployments.progress(id))!;
    expect(progress.state).toBe("finished");
    expect(progress.waves[0]!.counts).toMatchObject({ installed: 2, sent: 0 });
  });

  test("what is not ours is ignored", async () => {
    expect(await vendor.server.submit(new TextEncoder().encode("Dear sirs,"))).toEqual({
      outcome: "ignored",
    });
  });

  test("the catalog renews itself with a higher sequence before it is stale", async () => {
    const first = documentIn(await vendor.server.catalog(), "catalog/1");
    expect(documentIn(await vendor.server.catalog(), "catalog/1")).toEqual(first);
    vendor.simulator.pass(0.6);
    const next = documentIn(await vendor.server.catalog(), "catalog/1");
    expect(next.sequence).toBe(first.sequence + 1);
  });
});
