/**
 * A real server steers agents that have no mail: each holds a package that waits for its maintenance window, and is told
 * of a pause, of its end and of a halt by the catalog, however that comes.
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { httpObtainer } from "../../src/obtain/http/index.ts";
import { uncObtainer } from "../../src/obtain/unc/index.ts";
import type { Control } from "../../src/schema/index.ts";
import type { Receiver } from "../../src/transport/index.ts";
import { httpReceiver } from "../../src/transports/http/receiver/index.ts";
import { opportunisticReceiver } from "../../src/transports/opportunistic/receiver/index.ts";
import {
  opportunisticSender,
  type OpportunisticSender,
} from "../../src/transports/opportunistic/sender/index.ts";
import { uncReceiver } from "../../src/transports/unc/receiver/index.ts";
import { uncSender } from "../../src/transports/unc/sender/index.ts";
import { createControl } from "../../src/trigger/index.ts";
import { freePorts } from "../servers/free-ports.ts";
import { Bench } from "../support/agent-bench.ts";
import { testFolder, type TestFolder } from "../support/archives.ts";
import { Publisher } from "../support/publisher.ts";
import { Vendor } from "../support/vendor.ts";

const never = 3_600_000;
let folder: TestFolder;
let share: string;
let near: OpportunisticSender;
let segment: { readonly segments: string[]; allowLoopback: true; multicastPort: number };
let vendor: Vendor;
let url: string;
let bench: Bench;
let isOpen: boolean;

beforeEach(async () => {
  folder = await testFolder();
  share = folder.at("share");
  const [multicastPort = 0, port = 0] = await freePorts(2);
  segment = { segments: ["127.0.0.0/8"], allowLoopback: true, multicastPort };
  near = opportunisticSender({ ...segment, port });
  const sender = uncSender({ root: share });
  vendor = await Vendor.open({
    transports: [
      { sender, carriage: "share", publish: (news, options) => sender.publish(news, options) },
      { sender: near, carriage: "none", publish: (news, options) => near.publish(news, options) },
    ],
    listen: { port },
    publicUrl: `http://127.0.0.1:${port}/`,
  });
  url = (await vendor.server.start()).url ?? "";
  isOpen = false;
  bench = await Bench.make({
    publisher: new Publisher(vendor.simulator),
    policy: { ask: () => (isOpen ? "now" : "later"), retryMs: 50 },
  });
});
afterEach(async () => {
  await bench.clear();
  await vendor.close();
  await near.close();
  await folder[Symbol.asyncDispose]();
});

const carriers: Readonly<Record<string, () => Receiver>> = {
  "HTTP events": () => httpReceiver({ url, pollMs: never, random: () => 0 }),
  "HTTP polling": () => httpReceiver({ url, pollMs: 50, reconnectMs: never }),
  "a share": () => uncReceiver({ root: share, pollMs: 50 }),
  "the local network": () => opportunisticReceiver({ ...segment, pollMs: never }),
};

async function steer(deployment: string, action: Control["action"]): Promise<void> {
  const control = await createControl({
    deployment,
    action,
    reason: `please ${action}`,
    keys: vendor.simulator.signers.push.map(({ source }) => source),
    clock: { now: () => vendor.simulator.now },
  });
  expect(await vendor.server.control(control)).toMatchObject({ outcome: "accepted" });
  vendor.simulator.pass(1 / 86_400);
}

async function push(version: string): Promise<string> {
  const hosted = await vendor.publish("demo-app", version);
  const verdict = await vendor.server.submit(await vendor.trigger(hosted));
  if (verdict.outcome !== "accepted") throw new Error(JSON.stringify(verdict));
  return verdict.deployment;
}

/** Why the package waits, as the agent says it. */
const waitsFor = (what: RegExp): Promise<void> =>
  expect
    .poll(async () => {
      const [waiting] = (await bench.agent?.status())?.unfinished ?? [];
      return waiting?.waiting?.message;
    })
    .toMatch(what);

test.each(Object.keys(carriers))(
  "by %s: paused, resumed, halted while its window is closed",
  async (name) => {
    const receiver = carriers[name]?.();
    if (receiver === undefined) throw new Error(name);
    await vendor.enrol([{ id: "till-7", addresses: { unc: true } }]);
    await using _ = await bench.run({
      receivers: [receiver],
      obtainers: [
        httpObtainer({ hosts: ["127.0.0.1"], allowLoopback: true }),
        uncObtainer({ roots: [share] }),
      ],
    });

    const first = await push("1.0.0");
    await waitsFor(/says later/);
    await steer(first, "pause");
    await waitsFor(/please pause/);
    isOpen = true; // its window opens, and it still waits
    await bench.agent?.resume();
    expect(await bench.installedText("app.txt")).toBeUndefined();
    await steer(first, "resume");
    await expect.poll(() => bench.installedText("app.txt")).toBe("demo-app 1.0.0");

    isOpen = false;
    const second = await push("2.0.0");
    await waitsFor(/says later/);
    await steer(second, "halt");
    await expect
      .poll(async () => (await bench.receipts()).map(({ code }) => code))
      .toContain("HALTED");
    await expect.poll(async () => (await bench.agent?.status())?.unfinished).toEqual([]);
    expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0");
  },
);
