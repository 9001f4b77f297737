/**
 * The simulation's limits are the server's: who finds an empty bucket waits, keeps nobody else waiting, and asks in
 * turn.
 */
import { expect, test } from "vitest";
import { DueHeap } from "./due.ts";
import { SimulatedLimits } from "./limits.ts";

const shares = (counts: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
  new Map(Object.entries(counts));

test("a job goes out as far as its domains bear it, and the rest of it later", () => {
  const perDestination = { messagesPerMinute: 5 };
  const limits = new SimulatedLimits("email", { recipientsPerMessage: 1, perDestination });
  // What is more than a bucket holds is owed afterwards.
  expect(limits.draw(shares({ a: 3, b: 8 }), 1, 0)).toEqual({ admitted: 11, left: new Map() });
  const drawn = limits.draw(shares({ a: 2, b: 1, c: 1 }), 1, 0);
  expect(drawn).toEqual({ admitted: 3, left: shares({ b: 1 }), askAtMs: 48_000 });
  expect(limits.draw(drawn.left, 1, 47_999).admitted).toBe(0);
  expect(limits.draw(drawn.left, 1, 72_000)).toEqual({ admitted: 1, left: new Map() });
});

test("where the transport itself bears no more, nobody is let through", () => {
  const limits = new SimulatedLimits("email", { recipientsPerMessage: 10, messagesPerMinute: 6 });
  expect(limits.draw(shares({ a: 60 }), 1, 0).admitted).toBe(60);
  const drawn = limits.draw(shares({ b: 10 }), 1, 0);
  expect(drawn).toMatchObject({ admitted: 0, restsUntilMs: 10_000, askAtMs: 10_000 });
  expect(limits.draw(drawn.left, 1, 10_000).admitted).toBe(10);
});

test("what is due comes the earliest first, of equals who came first", () => {
  const heap = new DueHeap();
  const items = Array.from({ length: 500 }, (_, number) => ({
    dueMs: (number * 37) % 101,
    number,
  }));
  for (const item of items) heap.add(item);
  const taken = items.map(() => {
    const { first } = heap;
    heap.shift();
    return first;
  });
  const inOrder = items.toSorted((a, b) => a.dueMs - b.dueMs || a.number - b.number);
  expect(taken).toEqual(inOrder);
  expect(heap.first).toBeUndefined();
});
