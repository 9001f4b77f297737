/** Several senders over one store keep together to what a transport and its destinations bear. */
import { afterEach, expect, test, vi } from "vitest";
import { recordingTransport, Vendor } from "../../../test/support/vendor.ts";
import { sqliteStore } from "../../store/sqlite/index.ts";
import { openLimits, type Limits } from "./limits.ts";

const ground = { at: Date.parse("2026-11-22T12:00:00Z") };
const clock = { now: () => new Date(ground.at) };
const to = (domain: string, count = 1): { address: string }[] =>
  Array.from({ length: count }, () => ({ address: `till@${domain}` }));

let vendor: Vendor | undefined;
afterEach(() => vendor?.close());

test("what one sender took another waits for; what nobody limits the store is not asked for", async () => {
  const store = sqliteStore({ path: ":memory:" });
  const { buckets } = store;
  const draw = vi.spyOn(buckets, "draw");
  const pace = { perDestination: { messagesPerMinute: 60 }, recipientsPerMessage: 1 };
  const senders = [0, 1].map(() => openLimits("email", pace, { buckets, clock }));
  const ask = async (sender: Limits | undefined): Promise<Date | undefined> =>
    (await sender?.admit(to("a.test", 30), 1))?.askAt;
  const asked = await Promise.all([...senders, ...senders].map(ask));
  expect(asked.filter((askAt) => askAt === undefined)).toHaveLength(2);
  const free = openLimits("unc", {}, { buckets, clock });
  expect((await free.admit(to("a.test", 1000), 1)).admitted).toHaveLength(1000);
  expect(draw).toHaveBeenCalledTimes(4);
  await store.close();
});

test("those who wait for one destination ask one after the other, and behind many not at one moment", async () => {
  const store = sqliteStore({ path: ":memory:" });
  const { buckets } = store;
  const pace = { perDestination: { messagesPerMinute: 60 }, recipientsPerMessage: 1 };
  const limits = openLimits("email", pace, { buckets, clock });
  const waitOf = async (count: number): Promise<number> => {
    const { askAt } = await limits.admit(to("a.test", count), 1);
    return askAt === undefined ? 0 : (askAt.getTime() - ground.at) / 1000;
  };
  expect([await waitOf(60), await waitOf(10), await waitOf(10), await waitOf(5)]).toEqual([
    0, 10, 20, 30,
  ]);
  const waits: number[] = [];
  for (let count = 0; count < 200; count++) waits.push(await waitOf(10));
  expect(Math.max(...waits)).toBeLessThanOrEqual(300);
  const late = waits.slice(-100);
  expect(Math.min(...late)).toBeGreaterThanOrEqual(150);
  expect(new Set(late).size).toBeGreaterThan(90);
  await store.close();
});

test("a job whose destination is full is put back untried; others go, and a restart fills nothing", async () => {
  const email = recordingTransport("email", "message", {
    pace: { recipientsPerMessage: 1, perDestination: { messagesPerMinute: 2 } },
    recipientsPerJob: 2,
  });
  vendor = await Vendor.open({ transports: [email] });
  await vendor.enrol(
    ["a", "b"].flatMap((domain) =>
      [0, 1].map((index) => ({
        id: `${domain}-${index}`,
        addresses: { email: `${domain}-${index}@${domain}.test` },
      })),
    ),
  );
  const told = (): string[] =>
    email.deliveries.flatMap(({ recipients }) => recipients.map(({ agent }) => agent)).toSorted();
  const push = async (version: string, ...agents: string[]): Promise<void> => {
    const hosted = await vendor?.publish("demo-app", version);
    if (vendor === undefined || hosted === undefined) throw new Error("no vendor");
    await vendor.server.submit(await vendor.trigger(hosted, { audience: { agents } }));
    await vendor.server.settle();
  };
  await push("1.0.0", "a-0", "a-1");
  expect(told()).toEqual(["a-0", "a-1"]);
  await vendor.restart();
  // The same deployment goes to b at once; a waits for its minute.
  await push("2.0.0", "a-0", "a-1", "b-0", "b-1");
  expect(told()).toEqual(["a-0", "a-1", "b-0", "b-1"]);
  const claims = vi.spyOn(vendor.store.deployments, "claim");
  await vendor.server.settle();
  expect(claims.mock.calls.length).toBeLessThan(5); // nobody asks again before it is time
  vendor.simulator.now = new Date(vendor.simulator.now.getTime() + 61_000);
  await vendor.server.settle();
  expect(told()).toEqual(["a-0", "a-0", "a-1", "a-1", "b-0", "b-1"]);
});
