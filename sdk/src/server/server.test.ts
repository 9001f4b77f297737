import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { testKey } from "../../test/support/keys.ts";
import { documentIn, recordingTransport, Vendor } from "../../test/support/vendor.ts";
import { verifies } from "../../test/support/verifies.ts";
import { OutriderError } from "../errors/index.ts";
import { encodeEnvelope, openEnvelope, recognize, toEnvelope } from "../messages/index.ts";
import { nodeFileSystem } from "../ports/index.ts";
import type { AuditLine } from "./audit/entry.ts";
import { verifyAudit } from "./audit/verify.ts";
import type { ServerTransport } from "./carriage/transports.ts";

type Publish = NonNullable<ServerTransport["publish"]>;

let vendor: Vendor;
beforeEach(async () => {
  vendor = await Vendor.open();
});
afterEach(() => vendor.close());

describe("a trigger's way through the server", () => {
  test("accepted, it reaches every agent by its transport, in a notification that agents believe", async () => {
    verifies("step-64-authenticate", "step-66-group", "notify");
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
    verifies("receipt");
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
    verifies("step-63", "claim-2");
    expect(await vendor.server.submit(new TextEncoder().encode("Dear sirs,"))).toEqual({
      outcome: "ignored",
    });
  });

  test("a catalog that was issued while the clock was ahead is issued anew once it is set right", async () => {
    const sequence = async (): Promise<number> =>
      documentIn(await vendor.server.catalog(), "catalog/1").sequence;
    const first = await sequence();
    vendor.simulator.pass(20);
    expect(await sequence()).toBe(first + 1);
    vendor.simulator.pass(-20);
    const { issuedAt } = documentIn(await vendor.server.catalog(), "catalog/1");
    expect(issuedAt).toBe(vendor.simulator.now.toISOString());
    expect(await sequence()).toBe(first + 2);
  });

  test("the catalog renews itself with a higher sequence before it is stale", async () => {
    const first = documentIn(await vendor.server.catalog(), "catalog/1");
    expect(documentIn(await vendor.server.catalog(), "catalog/1")).toEqual(first);
    vendor.simulator.pass(0.6);
    const next = documentIn(await vendor.server.catalog(), "catalog/1");
    expect(next.sequence).toBe(first.sequence + 1);
  });

  test("a new trust document is told of in a new catalog, at once", async () => {
    const first = documentIn(await vendor.server.catalog(), "catalog/1");
    vendor.trust.update(await vendor.simulator.publishTrust());
    const next = documentIn(await vendor.server.catalog(), "catalog/1");
    expect([next.trustVersion, next.sequence]).toEqual([2, first.sequence + 1]);
  });

  test("takes up trust documents while it runs, from version to version, and shows each", async () => {
    const { simulator } = vendor;
    const publish = vi.fn<Publish>(async () => undefined);
    Object.assign(vendor.share, { publish });
    await vendor.server.start();
    const second = await simulator.publishTrust();
    const third = await simulator.publishTrust();
    await expect(vendor.server.updateTrust(third)).rejects.toMatchObject({ code: "TRUST_VERSION" });
    expect(vendor.trust.document.version).toBe(1);
    expect(await vendor.server.updateTrust(second, "file")).toBe("applied");
    expect(await vendor.server.updateTrust(third, "file")).toBe("applied");
    expect(await vendor.server.updateTrust(third, "file")).toBe("known");
    expect([2, 3].map((version) => vendor.server.trustDocument(version))).toEqual([
      encodeEnvelope(second),
      encodeEnvelope(third),
    ]);
    // The catalog is signed before the trust documents are listed: the third may come in between, and is shown again.
    await expect
      .poll(() => {
        const [shown] = publish.mock.lastCall ?? [];
        return [
          shown && documentIn(shown.catalog, "catalog/1").trustVersion,
          shown?.trust.map(({ version }) => version),
        ];
      })
      .toEqual([3, [1, 2, 3]]);
    await vendor.server.close();
    const lines: AuditLine[] = [];
    const onLine = (line: AuditLine): unknown => lines.push(line);
    await verifyAudit({ path: vendor.auditPath, fileSystem: nodeFileSystem, onLine });
    expect(
      lines.map(({ kind, via, verdict, id, code }) => [kind, via, verdict, id ?? code]),
    ).toEqual([
      ["trust", "process", "refused", "TRUST_VERSION"],
      ["trust", "file", "accepted", "version 2"],
      ["trust", "file", "accepted", "version 3"],
    ]);
  });

  test("who is told by mail is told of later trust documents too", async () => {
    const hosted = await vendor.publish("demo-app", "1.0.0");
    await vendor.enrol([{ id: "till-1" }]);
    await vendor.server.submit(await vendor.trigger(hosted));
    await vendor.server.settle();
    const second = await vendor.simulator.publishTrust();
    await vendor.server.updateTrust(second);
    await vendor.server.submit(await vendor.trigger(hosted));
    await vendor.server.settle();
    expect(vendor.email.deliveries.map(({ trust }) => trust)).toEqual([
      [],
      [encodeEnvelope(second)],
    ]);
  });

  test("a key that a new trust document takes the role from sends no more", async () => {
    const { simulator } = vendor;
    const hosted = await vendor.publish("demo-app", "1.0.0");
    await vendor.enrol([{ id: "till-1" }]);
    const successor = testKey("another server", { at: simulator.now });
    simulator.assign("server", [successor], 1);
    await vendor.server.updateTrust(await simulator.publishTrust());
    await vendor.server.submit(await vendor.trigger(hosted));
    await expect(vendor.server.settle()).rejects.toMatchObject({ code: "KEY_ROLE" });
    expect(vendor.email.deliveries).toEqual([]);
  });

  test("what was halted is shown no more, also if the server died in that moment", async () => {
    const hosted = await vendor.publish("demo-app", "1.0.0");
    await vendor.enrol([{ id: "till-1" }]);
    const verdict = await vendor.server.submit(await vendor.trigger(hosted));
    const deployment = verdict.outcome === "accepted" ? verdict.deployment : "";
    await vendor.server.settle();
    expect(documentIn(await vendor.server.catalog(), "catalog/1").current).toHaveLength(1);
    const at = vendor.simulator.now.toISOString();
    await vendor.store.deployments.event({
      deployment,
      at,
      kind: "halted",
      reason: "and then the power went",
    });
    await vendor.restart();
    await vendor.server.settle();
    expect(documentIn(await vendor.server.catalog(), "catalog/1").current).toEqual([]);
  });

  test("the catalog shows the latest order of each deployment as it was signed, and none once it is over", async () => {
    const hosted = await vendor.publish("demo-app", "1.0.0");
    await vendor.enrol([{ id: "till-1", addresses: { http: true } }]);
    const verdict = await vendor.server.submit(await vendor.trigger(hosted));
    const deployment = verdict.outcome === "accepted" ? verdict.deployment : "";
    await vendor.server.settle();
    const shown = async (): Promise<unknown> =>
      documentIn(await vendor.server.catalog(), "catalog/1").controls;
    expect(await shown()).toBeUndefined();
    for (const action of ["pause", "resume", "halt"] as const) {
      const control = await vendor.simulator.control(action, { deployment });
      expect(await vendor.server.control(encodeEnvelope(control))).toMatchObject({
        outcome: "accepted",
      });
      expect(await shown()).toEqual([
        { audience: { groups: ["tills"] }, control: toEnvelope(control) },
      ]);
    }
    vendor.simulator.pass(2);
    expect(await shown()).toBeUndefined();
  });

  test("an order whose server died before the catalog showed it is shown by the next one", async () => {
    const hosted = await vendor.publish("demo-app", "1.0.0");
    await vendor.enrol([{ id: "till-1", addresses: { http: true } }]);
    const verdict = await vendor.server.submit(await vendor.trigger(hosted));
    const deployment = verdict.outcome === "accepted" ? verdict.deployment : "";
    await vendor.server.settle();
    const before = await vendor.store.values.get("catalog");
    const control = await vendor.simulator.control("pause", { deployment });
    await vendor.server.control(encodeEnvelope(control));
    await vendor.store.values.set("catalog", before ?? ""); // as if it had died just then
    await vendor.restart();
    await vendor.server.settle();
    expect(documentIn(await vendor.server.catalog(), "catalog/1")).toMatchObject({
      current: [],
      controls: [{ control: toEnvelope(control) }],
    });
  });
});

test("a server that was away past a deadline counts nobody as silent who could not be heard", async () => {
  await vendor.enrol([{ id: "till-1" }]);
  const hosted = await vendor.publish("demo-app", "1.0.0");
  const verdict = await vendor.server.submit(await vendor.trigger(hosted));
  const deployment = verdict.outcome === "accepted" ? verdict.deployment : "";
  await vendor.server.settle();
  const state = async (): Promise<string | undefined> => {
    await vendor.server.settle();
    return (await vendor.store.deployments.progress(deployment))?.state;
  };
  vendor.simulator.pass(2);
  await vendor.restart();
  expect(await state()).toBe("running");
  vendor.simulator.pass(1 / 24);
  expect(await state()).toBe("paused");
});

test("a share has what its catalog lists, though everybody in the wave was told by mail", async () => {
  const shown: string[][] = [];
  const share = recordingTransport("unc", "share", {
    publish: async ({ catalog, releases }) => {
      const listed = documentIn(catalog, "catalog/1").current.map((entry) => entry.notification);
      expect(releases.map(({ notification }) => notification.sha256)).toEqual(listed);
      shown.push(releases.flatMap(({ archives }) => archives.map(({ sha256 }) => sha256)));
    },
  });
  await vendor.close();
  vendor = await Vendor.open({ transports: [share, recordingTransport("email", "message")] });
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
  await vendor.server.submit(await vendor.trigger(hosted));
  await vendor.server.settle();
  expect(share.deliveries).toEqual([]);
  expect(shown.at(-1)).toEqual([hosted.archives[0]!.sha256]);
});

test("a share that is away is said once and looked for again, not at every tick", async () => {
  const said: string[] = [];
  const logger = {
    log: (level: string, message: string) => void (level !== "debug" && said.push(message)),
  };
  let [isAway, tries] = [true, 0];
  const share = recordingTransport("unc", "share", {
    publish: async () => {
      tries++;
      if (isAway) throw new OutriderError("UNAVAILABLE", "The share is not there.");
    },
  });
  await vendor.close();
  vendor = await Vendor.open({ transports: [share], logger, tickMs: 1 });
  await vendor.server.start();
  await expect.poll(() => tries).toBeGreaterThanOrEqual(5);
  isAway = false;
  await expect.poll(() => said.at(-1)).toBe("Sending by unc works again.");
  expect(said).toEqual([
    "Sending by unc failed and is tried again: The share is not there.",
    "Sending by unc works again.",
  ]);
});

test("a share is shown every new catalog, never before what it lists is there", async () => {
  const shown: [number, number][] = [];
  const share = recordingTransport("unc", "share", {
    publish: async ({ catalog }) => {
      const { current } = documentIn(catalog, "catalog/1");
      shown.push([current.length, share.deliveries.length]);
    },
  });
  await vendor.close();
  vendor = await Vendor.open({ transports: [share] });
  await vendor.server.settle();
  expect(shown).toEqual([[0, 0]]); // the heartbeat of a server that has nothing to say
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1", addresses: { unc: true } }]);
  await vendor.server.submit(await vendor.trigger(hosted));
  await vendor.server.settle();
  expect(shown.at(-1)).toEqual([1, 1]);
  const before = shown.length;
  vendor.simulator.pass(0.6);
  await vendor.server.settle();
  expect(shown).toHaveLength(before + 1);
  expect(shown.every(([listed, delivered]) => listed <= delivered)).toBe(true);
});
