import { afterEach, expect, test } from "vitest";
import { Vendor } from "../../test/support/vendor.ts";

let vendor: Vendor;
afterEach(() => vendor.close());

test("a large plan leaves the event loop room for everything else", async () => {
  vendor = await Vendor.open({ listen: { port: 0 } });
  const { url } = await vendor.server.start();
  const hosted = await vendor.publish("demo-app", "1.0.0");
  const agents = Array.from({ length: 30_000 }, (_, index) => ({
    id: `till-${index}`,
    groups: ["tills"],
    addresses: { http: true },
  }));
  await vendor.store.agents.put(agents);
  const trigger = await vendor.trigger(hosted, {
    rollout: { waves: [{ share: 10 }, { share: 100 }] },
  });
  let isPlanned = false;
  const submitting = vendor.server.submit(trigger).finally(() => (isPlanned = true));
  let turns = 0;
  const answers: number[] = [];
  void fetch(`${url}healthz`).then(({ status }) => isPlanned || answers.push(status));
  for (; !isPlanned; turns++) await new Promise((resolve) => setImmediate(resolve));
  const { deployment } = (await submitting) as { deployment: string };
  const progress = await vendor.store.deployments.progress(deployment);
  expect(progress?.deployment.waves.map(({ size }) => size)).toEqual([3000, 27_000]);
  // A turn after each thousand agents that were read, and each few thousand rows that were written.
  expect(turns).toBeGreaterThan(30);
  expect(answers).toEqual([200]);
});
