import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Vendor } from "../../../test/support/vendor.ts";
import { verifies } from "../../../test/support/verifies.ts";
import { OutriderError } from "../../errors/index.ts";
import type { PublishedPackage } from "../../host/index.ts";
import { nodeFileSystem } from "../../ports/index.ts";
import { createControl } from "../../trigger/index.ts";
import { createServer } from "../index.ts";
import type { AuditLine } from "./entry.ts";
import { verifyAudit } from "./verify.ts";

let vendor: Vendor;
let hosted: PublishedPackage;
beforeEach(async () => {
  vendor = await Vendor.open();
  hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
});
afterEach(() => vendor.close());

async function lines(): Promise<[string, string, string | undefined][]> {
  const found: AuditLine[] = [];
  const onLine = (line: AuditLine): unknown => found.push(line);
  await verifyAudit({ path: vendor.auditPath, fileSystem: nodeFileSystem, onLine });
  return found.map(({ kind, verdict, code }) => [kind, verdict, code]);
}

test("no deployment exists without its line: the line is on the disk before the plan", async () => {
  verifies("step-65");
  const before: string[] = [];
  const { deployments } = vendor.store;
  const plan = deployments.plan.bind(deployments);
  vi.spyOn(deployments, "plan").mockImplementationOnce(async (given) => {
    before.push(await readFile(vendor.auditPath, "utf8"));
    return plan(given);
  });
  await vendor.server.submit(await vendor.trigger(hosted));
  expect(before).toEqual([expect.stringContaining('"verdict":"accepted"')]);
});

test("an order that then could not take effect has a second line that says so", async () => {
  vi.spyOn(vendor.store.deployments, "plan").mockRejectedValueOnce(
    new OutriderError("STORE_FAILED", "The disk is full."),
  );
  const trigger = await vendor.trigger(hosted);
  expect(await vendor.server.submit(trigger)).toMatchObject({ code: "STORE_FAILED" });
  expect(await vendor.server.submit(trigger)).toMatchObject({ outcome: "accepted" });
  expect(await lines()).toEqual([
    ["trigger", "accepted", undefined],
    ["trigger", "refused", "STORE_FAILED"],
    ["trigger", "accepted", undefined],
  ]);
});

test("after a crash between the line and its effect the next start says so, once", async () => {
  const crash = new Error("the process ends here");
  const trigger = await vendor.trigger(hosted);
  vi.spyOn(vendor.store.deployments, "plan").mockRejectedValueOnce(crash);
  await expect(vendor.server.submit(trigger)).rejects.toBe(crash);
  await vendor.restart();
  await vendor.server.start();
  await vendor.restart();
  await vendor.server.start();
  expect(await lines()).toEqual([
    ["trigger", "accepted", undefined],
    ["trigger", "refused", "CANCELLED"],
  ]);
  const { deployment } = (await vendor.server.submit(trigger)) as { deployment: string };
  const event = vendor.store.deployments.event.bind(vendor.store.deployments);
  vi.spyOn(vendor.store.deployments, "event").mockImplementation(async (given) => {
    if (given.control !== undefined) throw crash;
    return event(given);
  });
  const keys = vendor.simulator.signers.push.map(({ source }) => source);
  const pause = await createControl({
    deployment,
    action: "pause",
    reason: "wait",
    keys,
    clock: { now: () => vendor.simulator.now },
  });
  await expect(vendor.server.control(pause)).rejects.toBe(crash);
  await vendor.restart();
  await vendor.server.start();
  expect((await lines()).slice(2)).toEqual([
    ["trigger", "accepted", undefined],
    ["control", "accepted", undefined],
    ["control", "refused", "CANCELLED"],
  ]);
});

test("a second server on the data directory is refused, and leaves the log alone", async () => {
  await vendor.server.start();
  const second = createServer({
    trust: vendor.trust,
    key: vendor.simulator.signers.server[0]!.source,
    store: vendor.store,
    packages: vendor.host,
    transports: [],
    dataDirectory: `${vendor.directory}/server`,
    listen: { port: 0 },
  });
  await expect(second.start()).rejects.toMatchObject({ code: "SERVER_BUSY" });
  await second.close();
  await vendor.server.submit(await vendor.trigger(hosted));
  expect(await lines()).toEqual([["trigger", "accepted", undefined]]);
});

test("dormant servers go one after the other", async () => {
  const first = vendor.server;
  await first.submit(await vendor.trigger(hosted));
  const second = createServer({
    trust: vendor.trust,
    key: vendor.simulator.signers.server[0]!.source,
    store: vendor.store,
    packages: vendor.host,
    transports: [vendor.email],
    dataDirectory: `${vendor.directory}/server`,
    clock: { now: () => vendor.simulator.now },
  });
  const submitting = second.submit(await vendor.trigger(hosted));
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await lines()).toHaveLength(1);
  await first.close();
  expect(await submitting).toMatchObject({ outcome: "accepted" });
  await second.close();
  expect(await lines()).toHaveLength(2);
});
