import { afterEach, expect, test } from "vitest";
import { Bench } from "../../../test/support/agent-bench.ts";
import type { Pushed } from "../../../test/support/publisher.ts";
import type { Deployment } from "../../../test/support/simulator.ts";
import { OutriderError } from "../../errors/index.ts";
import { encodeEnvelope } from "../../messages/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import type { Shelf } from "../../transport/index.ts";

let bench: Bench;
afterEach(async () => bench.clear());

/** A share: notifications by the digest of their envelope, trust documents by version. */
class TestShelf implements Shelf {
  readonly notifications: Map<string, Uint8Array> = new Map();
  readonly asked: string[] = [];

  put(pushed: Pushed): void {
    this.notifications.set(sha256Hex(pushed.bytes), pushed.bytes);
    bench.host.set(pushed.release.archive.sha256, pushed.release.archive.bytes);
  }

  async notification(sha256: string): Promise<Uint8Array> {
    this.asked.push(sha256);
    const bytes = this.notifications.get(sha256);
    if (bytes === undefined) throw new OutriderError("UNAVAILABLE", "not there yet");
    return bytes;
  }

  async trust(version: number): Promise<Uint8Array> {
    const sealed = bench.publisher.simulator.published[version - 1];
    if (sealed === undefined) throw new OutriderError("UNAVAILABLE", "not there yet");
    return encodeEnvelope(sealed);
  }
}

async function catalogOf(...pushes: Pushed[]): Promise<Uint8Array> {
  const { simulator } = bench.publisher;
  const current = pushes.map((pushed) => ({
    ...simulator.catalogEntry({
      ...pushed,
      manifest: pushed.release.manifest,
    } satisfies Deployment),
    notification: sha256Hex(pushed.bytes),
  }));
  return encodeEnvelope(await simulator.catalog([], { current }));
}

async function push(version: string, name = "demo-app"): Promise<Pushed> {
  return bench.publisher.push(await bench.publisher.release({ version, name }));
}

test("installs what a catalog newly shows, and asks for nothing when it shows the same again", async () => {
  bench = await Bench.make();
  const shelf = new TestShelf();
  const [app, data] = [await push("1.0.0"), await push("7.0.0", "demo-data")];
  shelf.put(app);
  shelf.put(data);
  const catalog = await catalogOf(app, data);
  expect(await bench.hand(catalog, { shelf, transport: "unc" })).toMatchObject({
    verdict: "handled",
  });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
  expect(await bench.installedText("app.txt", "demo-data")).toBe("demo-data 7.0.0\n");
  expect(shelf.asked).toHaveLength(2);
  await bench.hand(catalog, { shelf, transport: "unc" });
  expect(shelf.asked).toHaveLength(2);
  expect((await bench.receipts()).map(({ transport }) => transport)).toEqual(["unc", "unc"]);
});

test("a mail and a share that say the same have one effect", async () => {
  bench = await Bench.make();
  const shelf = new TestShelf();
  const pushed = await push("1.0.0");
  shelf.put(pushed);
  await bench.deliver(pushed, "email");
  await bench.hand(await catalogOf(pushed), { shelf, transport: "unc" });
  expect(bench.obtained).toHaveLength(1);
  expect(await bench.receipts()).toHaveLength(1);
});

test("a second deployment of a release that is in place is answered once, and nothing is done", async () => {
  bench = await Bench.make();
  const shelf = new TestShelf();
  const first = await push("1.0.0");
  const second = await bench.publisher.push(first.release);
  for (const pushed of [first, second]) shelf.put(pushed);
  await bench.hand(await catalogOf(first), { shelf, transport: "unc" });
  for (let look = 0; look < 3; look++)
    await bench.hand(await catalogOf(second), { shelf, transport: "unc" });
  expect(bench.obtained).toHaveLength(1);
  expect(shelf.asked).toHaveLength(2);
  expect(
    (await bench.receipts()).map(({ deployment, outcome, before }) => [
      deployment,
      outcome,
      before,
    ]),
  ).toEqual([
    [first.document.deployment, "installed", undefined],
    [second.document.deployment, "installed", "1.0.0"],
  ]);
});

test("two deployments of one release, for audiences that overlap, both get their answer", async () => {
  bench = await Bench.make();
  const shelf = new TestShelf();
  const [first, third] = [await push("1.0.0"), await push("0.9.0")];
  const second = await bench.publisher.push(first.release);
  for (const pushed of [first, second, third]) shelf.put(pushed);
  await bench.hand(await catalogOf(third, first, second), { shelf, transport: "unc" });
  expect(bench.obtained).toHaveLength(1);
  expect((await bench.receipts()).map(({ deployment, outcome }) => [deployment, outcome])).toEqual([
    [first.document.deployment, "installed"],
    [second.document.deployment, "installed"],
  ]);
});

test("a deployment of a release that failed here is refused, and said so once", async () => {
  bench = await Bench.make({ policy: { allowHooks: true } });
  const shelf = new TestShelf();
  const release = await bench.publisher.release({
    version: "1.0.0",
    install: { strategy: "directory", healthCheck: { argv: ["node", "-e", "process.exit(1)"] } },
  });
  const [first, second] = [
    await bench.publisher.push(release),
    await bench.publisher.push(release),
  ];
  for (const pushed of [first, second]) shelf.put(pushed);
  await bench.hand(await catalogOf(first), { shelf });
  for (let look = 0; look < 2; look++) await bench.hand(await catalogOf(second), { shelf });
  expect((await bench.receipts()).map(({ deployment, code }) => [deployment, code])).toEqual([
    [first.document.deployment, "HEALTH_FAILED"],
    [second.document.deployment, "QUARANTINED"],
  ]);
  expect(shelf.asked).toHaveLength(2);
});

test("what the share does not hold yet is asked for again: the catalog is not settled", async () => {
  bench = await Bench.make();
  const shelf = new TestShelf();
  const pushed = await push("1.0.0");
  const catalog = await catalogOf(pushed);
  const settled: string[] = [];
  expect(await bench.hand(catalog, { shelf, settled })).toMatchObject({
    verdict: "postponed",
    code: "UNAVAILABLE",
  });
  expect(settled).toEqual([]);
  shelf.put(pushed);
  expect(await bench.hand(catalog, { shelf, settled })).toMatchObject({ verdict: "handled" });
  expect(settled).toEqual(["handled"]);
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("one bad entry does not keep the good one away, and is not asked for at every poll", async () => {
  bench = await Bench.make();
  const shelf = new TestShelf();
  const [bad, good] = [await push("1.0.0", "aaa-bad"), await push("1.0.0")];
  shelf.put(good);
  const stranger = bench.publisher.simulator.key("stranger");
  const forged = encodeEnvelope({
    ...bad.notification,
    signatures: [await stranger.source.sign(bad.notification.bytes)],
  });
  shelf.notifications.set(sha256Hex(bad.bytes), forged);
  const catalog = await catalogOf(bad, good);
  expect(await bench.hand(catalog, { shelf })).toMatchObject({ verdict: "handled" });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
  await bench.hand(catalog, { shelf });
  expect(shelf.asked).toHaveLength(2);
});

test("a stale catalog is said aloud and installs nothing", async () => {
  bench = await Bench.make();
  const shelf = new TestShelf();
  const pushed = await push("1.0.0");
  shelf.put(pushed);
  const catalog = await catalogOf(pushed);
  bench.publisher.simulator.pass(2);
  expect(await bench.hand(catalog, { shelf, transport: "unc" })).toMatchObject({ code: "STALE" });
  expect(bench.events).toContainEqual({ type: "stale", transport: "unc" });
  expect(await bench.installedText("app.txt")).toBeUndefined();
});

test("trust documents are walked one by one from the shelf, also when the catalog's key is in the newest", async () => {
  bench = await Bench.make();
  const { simulator } = bench.publisher;
  const shelf = new TestShelf();
  for (const owner of ["server 2", "server 3"]) {
    simulator.assign("server", [simulator.key(owner)]);
    await simulator.publishTrust();
  }
  const pushed = await push("1.0.0");
  shelf.put(pushed);
  expect(await bench.hand(await catalogOf(pushed), { shelf })).toMatchObject({
    verdict: "handled",
  });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
  expect((await bench.agent?.status())?.trust.version).toBe(3);
  await bench.start();
  expect((await bench.agent?.status())?.trust.version).toBe(3);
});

test("a recall by the catalog beats the notification that comes later by mail", async () => {
  bench = await Bench.make();
  const { simulator } = bench.publisher;
  const pushed = await push("1.0.0");
  const recalled = [sha256Hex(pushed.release.manifest.bytes)];
  await bench.hand(encodeEnvelope(await simulator.catalog([], { recalled })), {
    shelf: new TestShelf(),
  });
  expect(await bench.deliver(pushed)).toMatchObject({ verdict: "refused", code: "RECALLED" });
});

test("a recall by a control stops what waits", async () => {
  bench = await Bench.make({ policy: { ask: () => "later" } });
  const { simulator } = bench.publisher;
  const pushed = await push("1.0.0");
  expect(await bench.deliver(pushed)).toMatchObject({ code: "DEFERRED" });
  const manifest = sha256Hex(pushed.release.manifest.bytes);
  await bench.hand(encodeEnvelope(await simulator.control("recall", { manifest })));
  await bench.agent?.resume();
  expect((await bench.agent?.status())?.unfinished).toEqual([]);
  expect((await bench.receipts()).map(({ outcome, code }) => [outcome, code])).toEqual([
    ["deferred", "DEFERRED"],
    ["refused", "RECALLED"],
  ]);
});
