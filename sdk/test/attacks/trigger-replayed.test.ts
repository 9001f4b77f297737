/** THREATS T2: a trigger sent again, at once, after a restart, or at the same moment by several ways. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Vendor } from "../support/vendor.ts";
import { verifies } from "../support/verifies.ts";

let vendor: Vendor;
let trigger: Uint8Array;
beforeEach(async () => {
  vendor = await Vendor.open();
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
  trigger = await vendor.trigger(hosted);
});
afterEach(() => vendor.close());

test("T2 the same trigger twice, and again after a restart, is one deployment", async () => {
  verifies("step-64-authenticate");
  expect(await vendor.server.submit(trigger)).toMatchObject({ outcome: "accepted" });
  expect(await vendor.server.submit(trigger, "http")).toMatchObject({
    outcome: "refused",
    code: "REPLAYED",
  });
  await vendor.restart();
  expect(await vendor.server.submit(trigger, "spool")).toMatchObject({
    outcome: "refused",
    code: "REPLAYED",
  });
  await vendor.server.settle();
  expect(vendor.email.deliveries).toHaveLength(1);
  expect(await vendor.store.deployments.list()).toHaveLength(1);
});

test("T2 twenty copies at once are one deployment", async () => {
  const verdicts = await Promise.all(
    Array.from({ length: 20 }, () => vendor.server.submit(trigger)),
  );
  expect(verdicts.filter(({ outcome }) => outcome === "accepted")).toHaveLength(1);
  expect(
    verdicts.filter((verdict) => verdict.outcome === "refused" && verdict.code === "REPLAYED"),
  ).toHaveLength(19);
  await vendor.server.settle();
  expect(vendor.email.deliveries).toHaveLength(1);
});

test("T2 past its expiry a trigger is refused, also one that was never seen", async () => {
  vendor.simulator.pass(8);
  expect(await vendor.server.submit(trigger)).toMatchObject({
    outcome: "refused",
    code: "EXPIRED",
  });
});
