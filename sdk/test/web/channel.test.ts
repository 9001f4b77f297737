/**
 * The HTTP channel against a plain static host (nginx): nothing there but files, so it polls; from catalog to installed,
 * over restarts of the server and a network that goes away.
 */
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { httpObtainer } from "../../src/obtain/http/index.ts";
import { httpReceiver } from "../../src/transports/http/receiver/index.ts";
import { startNginx, type Nginx } from "../servers/nginx.ts";
import { Bench } from "../support/agent-bench.ts";
import { testFolder, type TestFolder } from "../support/archives.ts";
import { cuttingProxy } from "../support/cutting-proxy.ts";
import { layOut } from "../support/laid-out.ts";
import { listen } from "../support/listening.ts";
import { verifies } from "../support/verifies.ts";

let ground: TestFolder;
let nginx: Nginx | undefined;
let bench: Bench;
beforeAll(async () => {
  ground = await testFolder();
  nginx = await startNginx(ground.path);
});
afterAll(async () => {
  await nginx?.[Symbol.asyncDispose]();
  await ground[Symbol.asyncDispose]();
});
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(async () => bench.clear());

async function publish(folder: string, version: string): Promise<void> {
  if (nginx === undefined) return;
  const pushed = await bench.publisher.push(await bench.publisher.release({ version }), {
    notification: { sources: [{ kind: "unc" }] },
  });
  await layOut(bench.publisher, join(nginx.root, folder), [pushed]);
}

/** An agent that knows one URL and nothing else. */
async function runAgent(url: string, ca?: string): Promise<AsyncDisposable> {
  const access = ca === undefined ? {} : { ca };
  return bench.run({
    receivers: [httpReceiver({ url, pollMs: 50, reconnectMs: 50, maxBackoffMs: 200, ...access })],
    obtainers: [httpObtainer({ hosts: [], ...access })],
  });
}

const runs = (version: string): Promise<void> =>
  expect.poll(() => bench.installedText("app.txt")).toBe(`demo-app ${version}\n`);

test("only polling is possible: one question for the stream, then conditional ones for the catalog", async () => {
  verifies("transport-http");
  if (nginx === undefined) return;
  await publish("quiet", "1.0.0");
  await using _ = await runAgent(`${nginx.url}quiet/`);
  await runs("1.0.0");
  const asked = async (): Promise<string[]> =>
    ((await nginx?.requests()) ?? []).filter((line) => line.includes("/quiet/"));
  await expect
    .poll(async () => (await asked()).filter((line) => line.includes(" 304 ")).length)
    .toBeGreaterThan(2);
  const lines = await asked();
  expect(lines.filter((line) => line.includes("catalog-events"))).toHaveLength(1);
  expect(lines.filter((line) => /\/packages\/.* 200 /.test(line))).toHaveLength(1);
});

test("two catalogs in one second have one tag with nginx: the second one is not missed", async () => {
  if (nginx === undefined) return;
  await publish("hasty", "1.0.0");
  await using _ = await runAgent(`${nginx.url}hasty/`);
  await runs("1.0.0");
  await publish("hasty", "1.1.0");
  await runs("1.1.0");
});

test("by TLS with the site's authority, catalog and archive alike", async () => {
  if (nginx === undefined) return;
  await publish("sealed", "1.0.0");
  await using _ = await runAgent(`${nginx.tlsUrl}sealed/`, nginx.ca);
  await runs("1.0.0");
  expect((await bench.receipts())[0]).toMatchObject({
    transport: "http",
    obtainer: "http",
    trace: expect.arrayContaining(["http beside the catalog: obtained"]),
  });
});

test("the server is restarted: what was published meanwhile is installed, without a new start of the agent", async () => {
  if (nginx === undefined) return;
  await publish("restarted", "1.0.0");
  await using _ = await runAgent(`${nginx.url}restarted/`);
  await runs("1.0.0");
  await nginx.stop();
  await publish("restarted", "2.0.0");
  await new Promise((resolve) => setTimeout(resolve, 300)); // some looks meet nobody
  await nginx.start();
  await runs("2.0.0");
});

test("the network is cut in the midst of answers again and again: it gets there", async () => {
  if (nginx === undefined) return;
  await publish("cut", "1.0.0");
  await using wire = await cuttingProxy(Number(new URL(nginx.url).port));
  wire.cutAfter(400, 6);
  await using _ = await runAgent(`http://127.0.0.1:${wire.port}/cut/`);
  await runs("1.0.0");
});

test("a busy server is left alone for as long as it asks", async () => {
  if (nginx === undefined) return;
  const before = (await nginx.requests()).length;
  await using listening = listen(httpReceiver({ url: `${nginx.url}later/`, pollMs: 20 }));
  const asked = async (): Promise<string[]> =>
    ((await nginx?.requests()) ?? []).slice(before).filter((line) => line.includes("catalog.json"));
  await expect.poll(asked).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(await asked()).toHaveLength(1);
  expect(listening.heard).toEqual([]);
});

test("a folder that is being replaced is a moment without a catalog, and no more", async () => {
  if (nginx === undefined) return;
  await publish("next", "1.0.0");
  await using _ = await runAgent(`${nginx.url}current/`);
  await rename(join(nginx.root, "next"), join(nginx.root, "current"));
  await runs("1.0.0");
});

test("mirrors, told by mail: the one that is gone and the one that is busy do not keep the good one away", async () => {
  verifies("step-88", "step-87");
  if (nginx === undefined) return;
  const release = await bench.publisher.release({ version: "1.0.0" });
  const paths = ["gone/", "busy/", "mirror/packages/"];
  const sources = paths.map((path) => ({ kind: "http" as const, url: `${nginx?.url}${path}` }));
  const pushed = await bench.publisher.push(release, { notification: { sources } });
  await layOut(bench.publisher, join(nginx.root, "mirror"), [pushed]);
  await bench.start({ obtainers: [httpObtainer({ hosts: [nginx.host], allowLoopback: true })] });
  expect(await bench.hand(pushed.bytes)).toMatchObject({ verdict: "handled" });
  const [receipt] = await bench.receipts();
  const way = `http ${nginx.host}`;
  expect(receipt).toMatchObject({ outcome: "installed", obtainer: "http" });
  expect(receipt?.trace).toEqual(
    expect.arrayContaining([`${way}: UNAVAILABLE`, `${way}: obtained`]),
  );
});
