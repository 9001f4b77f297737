import { afterEach, beforeEach, expect, test } from "vitest";
import { Vendor } from "../../test/support/vendor.ts";

let vendor: Vendor;
beforeEach(async () => {
  vendor = await Vendor.open();
  await vendor.enrol([
    { id: "both", addresses: { email: "both@fleet.test", unc: true } },
    { id: "share", addresses: { unc: true } },
  ]);
});
afterEach(() => vendor.close());

test("machines are told by the ways that are wanted only, each by its first of them", async () => {
  const hosted = await vendor.publish("demo-app", "1.0.0");
  const order = async (transports?: ("email" | "unc")[]): Promise<Record<string, string>> => {
    const rollout = transports === undefined ? {} : { transports };
    const verdict = await vendor.server.submit(await vendor.trigger(hosted, { rollout }));
    const rows = await vendor.store.deployments.ledger(
      verdict.outcome === "accepted" ? verdict.deployment : "",
    );
    return Object.fromEntries(rows.map(({ agent, transport }) => [agent, transport]));
  };
  expect(await order()).toEqual({ both: "email", share: "unc" });
  expect(await order(["unc"])).toEqual({ both: "unc", share: "unc" });
  // Who cannot be told by what is wanted is not left out in silence.
  const mails = await vendor.trigger(hosted, { rollout: { transports: ["email"] } });
  expect(await vendor.server.submit(mails)).toMatchObject({
    outcome: "refused",
    code: "ADDRESS_INVALID",
  });
});

test("how long it is good is counted from when it may be sent", async () => {
  const hosted = await vendor.publish("demo-app", "1.0.0");
  const notBefore = new Date(vendor.simulator.now.getTime() + 30 * 86_400_000).toISOString();
  const trigger = await vendor.trigger(hosted, { rollout: { notBefore }, validMs: 3_600_000 });
  const verdict = await vendor.server.submit(trigger);
  const id = verdict.outcome === "accepted" ? verdict.deployment : "";
  const progress = await vendor.store.deployments.progress(id);
  expect(progress?.deployment).toMatchObject({
    notBefore,
    expiresAt: new Date(Date.parse(notBefore) + 3_600_000).toISOString(),
  });
});

test("what ends before it may be sent is refused", async () => {
  const hosted = await vendor.publish("demo-app", "1.0.0");
  const notBefore = new Date(vendor.simulator.now.getTime() + 3_600_000).toISOString();
  const trigger = await vendor.trigger(hosted, { rollout: { notBefore }, validMs: -1 });
  expect(await vendor.server.submit(trigger)).toMatchObject({
    outcome: "refused",
    code: "PLAN_INVALID",
  });
});
