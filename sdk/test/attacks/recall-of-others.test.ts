/** THREATS N10: a recall that is good for one deployment and names the release of another one, which its signer may not push. */
import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { encodeEnvelope } from "../../src/messages/index.ts";
import { sha256Hex } from "../../src/signing/index.ts";
import { createControl } from "../../src/trigger/index.ts";
import { Bench } from "../support/agent-bench.ts";
import type { TestKey } from "../support/keys.ts";
import { Publisher, type Pushed } from "../support/publisher.ts";
import { Vendor } from "../support/vendor.ts";

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clear of cleanup.splice(0)) await clear();
});

test("N10 the server does not remember a recall that it refuses", async () => {
  const vendor = await Vendor.open();
  cleanup.push(() => vendor.close());
  await vendor.enrol([{ id: "till-1" }]);
  const [own, others] = [
    await vendor.publish("demo-app", "1.0.0"),
    await vendor.publish("demo-app", "2.0.0"),
  ];
  const deployment = randomUUID();
  expect(await vendor.server.submit(await vendor.trigger(own, { id: deployment }))).toMatchObject({
    outcome: "accepted",
  });
  const recall = await createControl({
    deployment,
    action: "recall",
    reason: "mine and thine",
    manifest: others.manifestSha256,
    keys: vendor.simulator.signers.push.map(({ source }) => source),
    clock: { now: () => vendor.simulator.now },
  });
  expect(await vendor.server.control(recall)).toMatchObject({ code: "DEPLOYMENT_STATE" });
  expect(await vendor.server.submit(await vendor.trigger(others))).toMatchObject({
    outcome: "accepted",
  });
});

/** A till that is also a kiosk, which other people may push to; 1.0.0 for tills and 2.0.0 for kiosks wait there. */
async function waitingBench(): Promise<{
  bench: Bench;
  forTills: Pushed;
  forKiosks: Pushed;
  kioskKeys: TestKey[];
  isOpen: { now: boolean };
}> {
  const publisher = await Publisher.start();
  const { simulator } = publisher;
  const kioskKeys = [simulator.key("kiosks")];
  simulator.list(...kioskKeys);
  const [tills] = simulator.trust.roles.push;
  if (tills === undefined) throw new Error("nobody may push");
  const fingerprints = kioskKeys.map(({ trusted }) => trusted.fingerprint);
  simulator.trust.roles.push = [
    { ...tills, groups: ["tills"] },
    { groups: ["kiosks"], keys: fingerprints, threshold: 1 },
  ];
  const trust = await simulator.publishTrust();
  const isOpen = { now: false };
  const policy = { ask: () => (isOpen.now ? "now" : "later") } as const;
  const bench = await Bench.make({ publisher, trust, groups: ["tills", "kiosks"], policy });
  cleanup.push(() => bench.clear());
  const forTills = await publisher.push(await publisher.release({ version: "1.0.0" }));
  const ofTills = simulator.signers.push;
  simulator.signers.push = kioskKeys;
  const forKiosks = await publisher.push(
    await publisher.release({ name: "demo-kiosk", version: "2.0.0" }),
    { trigger: { audience: { groups: ["kiosks"] } } },
  );
  simulator.signers.push = ofTills;
  for (const pushed of [forTills, forKiosks])
    expect(await bench.deliver(pushed)).toMatchObject({ code: "DEFERRED" });
  return { bench, forTills, forKiosks, kioskKeys, isOpen };
}

const manifestOf = ({ release }: Pushed): string => sha256Hex(release.manifest.bytes);

test("N10 at an agent it strikes neither what waits under another order, nor what comes later", async () => {
  const { bench, forTills, forKiosks, kioskKeys, isOpen } = await waitingBench();
  const { simulator } = bench.publisher;
  const recall = async (deployment: string, manifest: string): Promise<unknown> =>
    bench.hand(
      encodeEnvelope(await simulator.control("recall", { deployment, manifest }, kioskKeys)),
    );
  const own = forKiosks.document.deployment;
  expect(await recall(own, manifestOf(forTills))).toMatchObject({ code: "MANIFEST_MISMATCH" });
  expect(await recall(own, "a".repeat(64))).toMatchObject({ code: "MANIFEST_MISMATCH" });
  expect(await recall(forTills.document.deployment, manifestOf(forKiosks))).toMatchObject({
    verdict: "refused",
  });
  expect(await recall(randomUUID(), manifestOf(forTills))).toMatchObject({ verdict: "refused" });
  isOpen.now = true;
  await bench.agent?.resume();
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
  expect(await bench.installedText("app.txt", "demo-kiosk")).toBe("demo-kiosk 2.0.0\n");
});

test("N10 those who may push it recall it, also under a later order of theirs", async () => {
  const { bench, forKiosks, kioskKeys, isOpen } = await waitingBench();
  const manifest = manifestOf(forKiosks);
  const recall = await bench.publisher.simulator.control("recall", { manifest }, kioskKeys);
  expect(await bench.hand(encodeEnvelope(recall))).toMatchObject({ verdict: "handled" });
  isOpen.now = true;
  await bench.agent?.resume();
  expect(await bench.installedText("app.txt", "demo-kiosk")).toBeUndefined();
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("N10 of a deployment that the server does not know nobody recalls anything there, but the roots do", async () => {
  const vendor = await Vendor.open();
  cleanup.push(() => vendor.close());
  await vendor.enrol([{ id: "till-1" }]);
  const hosted = await vendor.publish("demo-app", "1.0.0");
  const recall = await createControl({
    deployment: randomUUID(), // of before its store was lost, or of nobody
    action: "recall",
    reason: "it loses orders",
    manifest: hosted.manifestSha256,
    keys: vendor.simulator.signers.push.map(({ source }) => source),
    clock: { now: () => vendor.simulator.now },
  });
  expect(await vendor.server.control(recall)).toMatchObject({
    code: "DEPLOYMENT_UNKNOWN",
    message: expect.stringContaining("outrider trust recall"),
  });
  vendor.simulator.trust.revoked = { manifests: [hosted.manifestSha256] };
  vendor.trust.update(await vendor.simulator.publishTrust());
  expect(await vendor.server.submit(await vendor.trigger(hosted))).toMatchObject({
    code: "RECALLED",
  });
});

test("N10 what no machine has heard of yet, who may push to it recalls there in advance, and nobody else", async () => {
  const { bench, kioskKeys } = await waitingBench();
  const { publisher } = bench;
  const release = await publisher.release({ name: "demo-kiosk", version: "3.0.0" });
  const manifest = sha256Hex(release.manifest.bytes);
  const recall = async (keys: TestKey[]): Promise<unknown> =>
    bench.hand(encodeEnvelope(await publisher.simulator.control("recall", { manifest }, keys)));
  const stranger = publisher.simulator.key("other halls");
  publisher.simulator.list(stranger);
  expect(await recall([stranger])).toMatchObject({ verdict: "refused" });
  expect(await recall(kioskKeys)).toMatchObject({ verdict: "handled" });
  publisher.simulator.signers.push = kioskKeys;
  const late = await publisher.push(release, { trigger: { audience: { groups: ["kiosks"] } } });
  expect(await bench.deliver(late)).toMatchObject({ verdict: "refused", code: "RECALLED" });
});
