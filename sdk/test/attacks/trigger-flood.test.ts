/**
 * THREATS T6: a flood of bad triggers. What one of them costs is counted, not timed (the ratio of latencies is in
 * `bench/flood.ts`): never more than a good one, mostly next to nothing, and from one address a bounded number of them.
 */
import crypto from "node:crypto";
import { Agent, request } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { afterEach, expect, test, vi } from "vitest";
import type { PublishedPackage } from "../../src/host/index.ts";
import { testKey } from "../support/keys.ts";
import { tampered, Vendor } from "../support/vendor.ts";

let vendor: Vendor;
let hosted: PublishedPackage;
let url: URL;
const connections = new Agent({ keepAlive: true, maxSockets: 20 });
afterEach(() => vendor.close());

async function open(burst: number): Promise<void> {
  vendor = await Vendor.open({ listen: { port: 0, flood: { burst } } });
  url = new URL("triggers", (await vendor.server.start()).url);
  hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
}

async function post(body: Uint8Array, localAddress = "127.0.0.1"): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { method: "POST", localAddress, agent: connections };
    const sent = request(url, options, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function badTriggers(): Promise<Readonly<Record<string, Uint8Array>>> {
  const good = await vendor.trigger(hosted);
  const stranger = testKey("mallory", { at: vendor.simulator.now });
  return {
    "not ours": new TextEncoder().encode("hello"),
    blanks: new Uint8Array(60_000).fill(0x20),
    "no signature": new TextEncoder().encode(
      `{"outrider":"trigger/1","document":"${"x".repeat(60_000)}","signatures":["a"]}`,
    ),
    "a stranger's": await vendor.trigger(hosted, { keys: [stranger.source] }),
    "a stranger's, sixteen times": await vendor.trigger(hosted, {
      keys: Array.from({ length: 16 }, () => stranger.source),
    }),
    changed: tampered(good, (text) => text.replace("auto", "offer")),
    "of other contents": await vendor.trigger(hosted, { contentsSha512: new Uint8Array(64) }),
  };
}

/** What judging a message costs: signatures computed, packages looked for, audiences read, deployments planned. */
async function costOf(body: Uint8Array): Promise<readonly number[]> {
  const { deployments, agents } = vendor.store;
  const spies = [
    vi.spyOn(vendor.host, "find"),
    vi.spyOn(agents, "matching"),
    vi.spyOn(deployments, "plan"),
  ];
  let verified = 0;
  const { verify } = crypto;
  crypto.verify = ((...input: Parameters<typeof verify>) => {
    verified++;
    return verify(...input);
  }) as typeof verify;
  syncBuiltinESMExports();
  try {
    await vendor.server.submit(body);
    return [verified, ...spies.map(({ mock }) => mock.calls.length)];
  } finally {
    crypto.verify = verify;
    syncBuiltinESMExports();
    for (const spy of spies) spy.mockRestore();
  }
}

test("T6 no bad trigger costs more than a good one, and what is not signed by a known key costs no arithmetic", async () => {
  vendor = await Vendor.open();
  hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
  expect(await costOf(await vendor.trigger(hosted))).toEqual([1, 1, 1, 1]);
  const costs: Record<string, readonly number[]> = {};
  for (const [name, body] of Object.entries(await badTriggers())) costs[name] = await costOf(body);
  expect(costs).toEqual({
    "not ours": [0, 0, 0, 0],
    blanks: [0, 0, 0, 0],
    "no signature": [0, 0, 0, 0],
    "a stranger's": [0, 0, 0, 0],
    "a stranger's, sixteen times": [0, 0, 0, 0],
    changed: [0, 0, 0, 0], // two bytes of the digest stand in the signature: RFC 9580 5.2.3
    "of other contents": [1, 1, 0, 0],
  });
});

test("T6 of ten thousand bad triggers from one address a bounded number is judged; others notice nothing", async () => {
  await open(300);
  const submit = vi.spyOn(vendor.server, "submit");
  const bad = Object.values(await badTriggers());
  let next = 0;
  const held: number[] = [];
  const flood = async (): Promise<void> => {
    while (next < 10_000) if ((await post(bad[next++ % bad.length]!)) === 429) held.push(next);
  };
  await Promise.all(Array.from({ length: 20 }, flood));
  expect(held.length).toBeGreaterThanOrEqual(10_000 - 300 - 20); // twenty come at the same moment
  expect(submit.mock.calls.length).toBe(10_000 - held.length);
  expect(await post(await vendor.trigger(hosted), "127.0.0.2")).toBe(202);
});

test("T6 whoever floods is held back before his messages are read", async () => {
  await open(20);
  const submit = vi.spyOn(vendor.server, "submit");
  const statuses: number[] = [];
  for (let turn = 0; turn < 30; turn++)
    statuses.push(await post(new TextEncoder().encode("hello")));
  expect(statuses).toEqual([...Array(20).fill(200), ...Array(10).fill(429)]);
  expect(submit).toHaveBeenCalledTimes(20);
});
