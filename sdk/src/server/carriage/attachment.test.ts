/** Patches on their way out: all of them on a share and in the notification, in a mail where they serve everybody. */
import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { documentIn, Vendor } from "../../../test/support/vendor.ts";
import type { PublishedPackage } from "../../host/index.ts";

const common = randomBytes(20_000).toString("hex");

let vendor: Vendor;
beforeEach(async () => {
  vendor = await Vendor.open();
});
afterEach(() => vendor.close());

/** Two releases, the second with a patch. */
async function releases(): Promise<readonly [PublishedPackage, PublishedPackage]> {
  const first = await vendor.publish("demo-app", "1.0.0", `${common}1`);
  const from = [first.archives[0]!.path];
  return [first, await vendor.publish("demo-app", "1.1.0", `${common}2`, from)];
}

async function deploy(release: PublishedPackage): Promise<string> {
  vendor.simulator.pass(1);
  const verdict = await vendor.server.submit(await vendor.trigger(release));
  if (verdict.outcome !== "accepted") throw new Error(JSON.stringify(verdict));
  await vendor.server.settle();
  return verdict.deployment;
}

async function report(deployment: string, agents: readonly string[]): Promise<void> {
  for (const agent of agents)
    await vendor.server.receive(await vendor.receipt(agent, deployment, "installed"));
}

test("the notification offers the full archive first and every patch; a share has them all", async () => {
  const [first, second] = await releases();
  await vendor.enrol([{ id: "till-1", addresses: { unc: true } }]);
  await deploy(second);
  const { envelope, attachment, patches } = vendor.share.deliveries.at(-1)!;
  const [full, patch] = second.archives;
  expect(documentIn(envelope, "notification/1").archives).toEqual([
    { sha256: full!.sha256, size: full!.size },
    { sha256: patch!.sha256, size: patch!.size, base: first.manifestSha256 },
  ]);
  expect(attachment?.sha256).toBe(full!.sha256);
  expect(patches?.map(({ path }) => path)).toEqual([patch!.path]);
});

test("a mail carries the patch where all of its recipients have the base, as far as receipts tell", async () => {
  const [first, second] = await releases();
  await vendor.enrol([{ id: "till-1" }, { id: "till-2" }]);
  await report(await deploy(first), ["till-1", "till-2"]);
  await deploy(second);
  expect(vendor.email.deliveries.at(-1)!.attachment?.sha256).toBe(second.archives[1]!.sha256);
});

test("a mail carries the full archive where one of its recipients may not have the base", async () => {
  const [first, second] = await releases();
  await vendor.enrol([{ id: "till-1" }, { id: "till-2" }]);
  await report(await deploy(first), ["till-1"]);
  await deploy(second);
  expect(vendor.email.deliveries.at(-1)!.attachment?.sha256).toBe(second.archives[0]!.sha256);
});

test("a mail carries the full archive where a machine went back since", async () => {
  const [first, second] = await releases();
  await vendor.enrol([{ id: "till-1" }]);
  const deployment = await deploy(first);
  await report(deployment, ["till-1"]);
  await vendor.server.receive(await vendor.receipt("till-1", deployment, "rolledBack"));
  await deploy(second);
  expect(vendor.email.deliveries.at(-1)!.attachment?.sha256).toBe(second.archives[0]!.sha256);
});
