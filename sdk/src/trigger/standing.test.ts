import { afterEach, beforeEach, expect, test } from "vitest";
import { documentIn, Vendor } from "../../test/support/vendor.ts";
import { verifies } from "../../test/support/verifies.ts";
import { OutriderError } from "../errors/index.ts";
import { nodeFileSystem, silentLogger } from "../ports/index.ts";
import { openSource } from "./open.ts";
import { pushDue, triggerIdOf, type StandingParts, type StandingPush } from "./standing.ts";

let vendor: Vendor;
let push: StandingPush;
let parts: StandingParts;
beforeEach(async () => {
  vendor = await Vendor.open();
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
  const clock = { now: () => vendor.simulator.now };
  const { source } = openSource({ kind: "schedule", cron: "0 18 * * *" }, "push/nightly", {
    state: {
      get: (key) => vendor.store.values.get(key),
      set: (key, value) => vendor.store.values.set(key, value),
      swap: (key, before, value) => vendor.store.values.swap(key, before, value),
    },
    clock,
    fileSystem: nodeFileSystem,
    baseDirectory: vendor.directory,
    secretOf: () => undefined,
  });
  push = {
    name: "nightly",
    source,
    order: async (firing, id) => vendor.trigger(hosted, { id, event: firing.event }),
  };
  parts = {
    submit: (bytes) => vendor.server.submit(bytes, "standing"),
    clock,
    logger: silentLogger,
  };
  await pushDue(push, parts);
});
afterEach(() => vendor.close());

test("a firing becomes one deployment, also if the server's answer was lost, and over restarts", async () => {
  verifies("event", "claim-1");
  vendor.simulator.pass(0.3);
  const lost: StandingParts = {
    ...parts,
    async submit(bytes) {
      await vendor.server.submit(bytes, "standing");
      throw new OutriderError("UNAVAILABLE", "the answer was lost");
    },
  };
  expect(await pushDue(push, lost)).toBe(0);
  await vendor.restart();
  expect(await pushDue(push, parts)).toBe(0); // REPLAYED: it had its effect
  expect(await pushDue(push, parts)).toBe(0);
  await vendor.server.settle();
  expect(vendor.email.deliveries).toHaveLength(1);
  const { trigger } = documentIn(vendor.email.deliveries[0]!.envelope, "notification/1");
  expect(JSON.parse(trigger.document)).toMatchObject({
    id: triggerIdOf("nightly", "2026-11-22T18:00:00.000Z"),
    event: { kind: "schedule" },
  });
  vendor.simulator.pass(1);
  expect(await pushDue(push, parts)).toBe(1);
  expect(await vendor.store.deployments.list()).toHaveLength(2);
});

test("what fails for the moment is tried again, what is refused for good is not", async () => {
  vendor.simulator.pass(0.3);
  const answers = ["UNAVAILABLE", "KEY_ROLE"] as const;
  let asked = 0;
  const failing: StandingParts = {
    ...parts,
    submit: async () => {
      const code = answers[asked++] ?? "KEY_ROLE";
      return { outcome: "refused", code, retryable: code === "UNAVAILABLE" };
    },
  };
  for (let turn = 0; turn < 5; turn++) await pushDue(push, failing);
  expect(asked).toBe(2);
});
