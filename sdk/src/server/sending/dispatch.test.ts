import { afterEach, expect, test, vi } from "vitest";
import { recordingTransport, Vendor } from "../../../test/support/vendor.ts";
import type { Delivery, DeliveryOutcome } from "../../transport/index.ts";

let vendor: Vendor;
afterEach(() => vendor.close());

type Send = (delivery: Delivery, signal: AbortSignal) => Promise<void>;

/** A vendor with one agent, whose mail is sent as the test says; returns the deployment. */
async function push(send: Send): Promise<string> {
  const accepted = ({ agent }: { agent: string }): DeliveryOutcome => ({
    agent,
    outcome: "accepted",
    detail: "250",
  });
  const sender = {
    name: "email",
    async send(delivery: Delivery, { signal }: { signal: AbortSignal }) {
      await send(delivery, signal);
      return delivery.recipients.map(accepted);
    },
  };
  const transport = recordingTransport("email", "message", { sender });
  vendor = await Vendor.open({ transports: [transport], leaseMs: 60 });
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
  const verdict = await vendor.server.submit(await vendor.trigger(hosted));
  return (verdict as { deployment: string }).deployment;
}

const states = async (deployment: string): Promise<string[]> =>
  (await vendor.store.deployments.ledger(deployment)).map(({ state }) => state);

test("a lease is renewed for as long as the sender takes", async () => {
  const renewals = vi.fn<() => void>();
  const deployment = await push(async () => {
    const { deployments } = vendor.store;
    const renew = deployments.renew.bind(deployments);
    vi.spyOn(deployments, "renew").mockImplementation(async (...lease) => {
      renewals();
      return renew(...lease);
    });
    await vi.waitUntil(() => renewals.mock.calls.length >= 4, { timeout: 60_000 }); // longer than a lease
  });
  await vendor.server.settle();
  expect(await states(deployment)).toEqual(["sent"]);
  const done = renewals.mock.calls.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(renewals).toHaveBeenCalledTimes(done);
});

test("who has lost the job to another stops sending it, and books nothing", async () => {
  let isCutOff = false;
  const deployment = await push(async (_delivery, signal) => {
    const later = new Date(vendor.simulator.now.getTime() + 3_600_000);
    const job = await vendor.store.deployments.claim({
      worker: "another",
      now: later,
      leaseMs: 60_000,
      transports: ["email"],
    });
    expect(job).toBeDefined();
    await vi.waitUntil(() => signal.aborted, { timeout: 60_000 });
    isCutOff = true;
  });
  await vendor.server.settle();
  expect(isCutOff).toBe(true);
  expect(await states(deployment)).toEqual(["planned"]);
});

test("who does not reach the store stops sending when the lease is over; what went out by then is booked", async () => {
  let isCutOff = false;
  const deployment = await push(async (_delivery, signal) => {
    vi.spyOn(vendor.store.deployments, "renew").mockRejectedValue(new Error("out of reach"));
    await vi.waitUntil(() => signal.aborted, { timeout: 60_000 });
    isCutOff = true;
  });
  await vendor.server.settle();
  expect(isCutOff).toBe(true);
  expect(await states(deployment)).toEqual(["sent"]);
});

test("what was cut off because the lease was over goes out with the next round, not after a pause", async () => {
  let attempts = 0;
  const deployment = await push(async (_delivery, signal) => {
    if (++attempts > 1) return;
    const renewing = vi
      .spyOn(vendor.store.deployments, "renew")
      .mockRejectedValue(new Error("out of reach"));
    await vi.waitUntil(() => signal.aborted, { timeout: 60_000 });
    renewing.mockRestore();
    throw new Error("cut off");
  });
  await vendor.server.settle();
  expect([attempts, await states(deployment)]).toEqual([2, ["sent"]]);
});
