import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { silentLogger } from "../../../ports/index.ts";
import type { Advert } from "../advert.ts";
import { Offers } from "./offers.ts";
import { Visitor } from "./visitor.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const advert = (instance: string, state: string): Advert => ({
  instance,
  state,
  port: 1,
  path: "/",
  addresses: [],
});

test("N15 of adverts without end, only those that stand wait for their turn, and the outdated take none", async () => {
  const stop = new AbortController();
  const visitor = new Visitor(
    { name: "a test", mayVisit: () => true },
    {
      pollMs: 1000,
      timeoutMs: 1000,
      maxVisitsPerMinute: 2,
      logger: silentLogger,
      offers: new Offers(),
      signal: stop.signal,
    },
  );
  for (let state = 0; state < 500; state++) visitor.hear(advert("always another", String(state)));
  for (let index = 0; index < 500; index++) visitor.hear(advert(`server ${index}`, "1"));
  await vi.advanceTimersByTimeAsync(1);
  expect(vi.getTimerCount()).toBeLessThanOrEqual(64);
  await vi.advanceTimersByTimeAsync(64 * 60_000);
  expect(vi.getTimerCount()).toBe(0);
  stop.abort();
});
