import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { inLanes } from "./parallel.ts";

test("runs all, in the order given, never more than its width at once", async () => {
  const started: number[] = [];
  let [running, most] = [0, 0];
  await inLanes(3, async (start) => {
    for (let at = 0; at < 20; at++)
      await start(async () => {
        started.push(at);
        most = Math.max(most, ++running);
        await sleep(at % 4);
        running--;
      });
  });
  expect(started).toEqual(Array.from({ length: 20 }, (_, at) => at));
  expect(most).toBe(3);
  expect(running).toBe(0);
});

test("the first failure stops the rest and is thrown once nothing runs any more", async () => {
  const log: string[] = [];
  const failing = Promise.withResolvers<void>();
  const work = inLanes(2, async (start) => {
    await start(async () => {
      await failing.promise;
      await sleep(5);
      log.push("slow ended");
    });
    await start(async () => {
      failing.resolve();
      throw new Error("first");
    });
    await start(async () => void log.push("never"));
  });
  await expect(work).rejects.toThrow("first");
  expect(log).toEqual(["slow ended"]);
});

test("what the caller throws is thrown when the tasks have ended", async () => {
  const log: string[] = [];
  const work = inLanes(1, async (start) => {
    await start(async () => {
      await sleep(5);
      log.push("ended");
    });
    throw new Error("caller");
  });
  await expect(work).rejects.toThrow("caller");
  expect(log).toEqual(["ended"]);
});
