import { expect, test } from "vitest";
import { leaseOf, whileHolding, type LeaseParts } from "./lease.ts";

/** A store whose answer a test turns, and what it was told. */
function store(): LeaseParts & { answer: boolean | Error; readonly released: string[] } {
  const released: string[] = [];
  const parts = {
    answer: true as boolean | Error,
    released,
    clock: { now: () => new Date() },
    logger: { log: () => undefined },
    holder: "one",
    leaseMs: 30,
    leases: {
      async hold() {
        if (parts.answer instanceof Error) throw parts.answer;
        return parts.answer;
      },
      async release(_name: string, holder: string) {
        released.push(holder);
      },
    },
  };
  return parts;
}

test("who no longer reaches the store holds nothing, and gives back nothing", async () => {
  const parts = store();
  const lease = leaseOf("scheduler", parts);
  expect(await lease.hold()).toBe(true);
  parts.answer = new Error("away");
  const answer = (): Promise<unknown> => lease.hold().catch(String);
  await expect.poll(answer).toBe("Error: away");
  await lease.release();
  expect(parts.released).toEqual([]);
});

test.each([
  ["is somebody else's", false],
  ["cannot be asked for", new Error("away")],
])("where the lease %s the work ends; it begins anew with the lease", async (_, lost) => {
  const parts = store();
  const stop = new AbortController();
  let [begun, ended] = [0, 0];
  const work = async (signal: AbortSignal): Promise<void> => {
    begun++;
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    ended++;
  };
  const running = whileHolding("scheduler", parts, work, stop.signal);
  await expect.poll(() => begun).toBe(1);
  parts.answer = lost;
  await expect.poll(() => ended).toBe(1);
  expect(begun).toBe(1);
  parts.answer = true;
  await expect.poll(() => begun).toBe(2);
  stop.abort();
  await running;
  expect([begun, ended, ...parts.released]).toEqual([2, 2, "one"]);
});
