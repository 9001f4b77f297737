/** Who of a job may be written to now, and what it costs whom. */
import { expect, test } from "vitest";
import { admit, lotsOf, namedLimits, type Admission } from "./admission.ts";
import type { Pace } from "./pace.ts";

const pace: Pace = {
  messagesPerMinute: 100,
  recipientsPerMessage: 10,
  perDestination: { messagesPerMinute: 4 },
  destinations: { "free.test": {}, "few.test": { recipientsPerDay: 6 } },
};

/** A day on which jobs are admitted one after the other. */
class Day {
  readonly full: Map<string, number> = new Map();

  ask(addresses: readonly Parameters<typeof at>[], seconds = 0, different = 1): Admitted {
    const request = {
      lots: lotsOf(
        "email",
        pace,
        addresses.flatMap(([domain, count, key]) => at(domain, count, key)),
      ),
      limits: namedLimits("email", pace),
      pace,
      different,
      nowMs: seconds * 1000,
    };
    const { fullAtMs, result } = admit(request, this.full);
    for (const [bucket, time] of fullAtMs) this.full.set(bucket, time);
    return result;
  }
}

type Admitted = Admission<{ readonly address: string }>;

function at(
  domain: string,
  count: number,
  key?: string,
): { address: string; encryptionKey?: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    address: `till-${index}@${domain}`,
    ...(key === undefined ? {} : { encryptionKey: key }),
  }));
}

const waitingIn = ({ waiting }: Admitted): [string, number][] =>
  waiting.map(({ destination, startMs }) => [destination, startMs / 1000]);

test("a destination without room waits alone, and the others are written to", () => {
  const day = new Day();
  expect(day.ask([["a.test", 40]]).admitted).toHaveLength(40);
  const mixed = day.ask([
    ["a.test", 1],
    ["b.test", 3],
    ["free.test", 2],
  ]);
  expect(mixed.admitted).toHaveLength(5);
  expect(waitingIn(mixed)).toEqual([["a.test", 15]]);
  expect(waitingIn(day.ask([["a.test", 1]], 14.9))).toEqual([["a.test", 15]]);
  expect(day.ask([["A.Test", 1]], 15).admitted).toHaveLength(1);
});

test("messages are counted as they are cut: in the order of the destinations, those with a key apart", () => {
  const day = new Day();
  // 8 and 12 fill two messages; the second destination is in both of them.
  day.ask([
    ["a.test", 8],
    ["b.test", 12],
  ]);
  expect(waitingIn(day.ask([["a.test", 31]]))).toEqual([["a.test", 15]]);
  expect(waitingIn(day.ask([["b.test", 21]]))).toEqual([["b.test", 15]]);
  expect(day.ask([["b.test", 20]]).admitted).toHaveLength(20);
  // One without a key and one with: two messages, though ten would go into one.
  expect(
    day.ask([
      ["c.test", 1],
      ["c.test", 1, "key"],
    ]).admitted,
  ).toHaveLength(2);
  expect(waitingIn(day.ask([["c.test", 21]]))).toEqual([["c.test", 15]]);
});

test("every part of an archive counts, for messages as for recipients", () => {
  const day = new Day();
  expect(day.ask([["a.test", 2]], 0, 4).admitted).toHaveLength(2);
  expect(waitingIn(day.ask([["a.test", 1]]))).toEqual([["a.test", 15]]);
  expect(day.ask([["few.test", 2]], 0, 3).admitted).toHaveLength(2);
  expect(waitingIn(day.ask([["few.test", 1]]))).toEqual([["few.test", 24 * 600]]);
  const other = new Day();
  expect(other.ask([["free.test", 10]], 0, 100).admitted).toHaveLength(10); // all that the transport bears
  expect(other.ask([["free.test", 1]]).restsUntilMs).toBe(600);
});

test("where the transport itself bears no more, nobody is written to and nothing is taken", () => {
  const day = new Day();
  day.ask([["free.test", 990]]);
  const before = new Map(day.full);
  const { admitted, restsUntilMs } = day.ask([
    ["a.test", 5],
    ["free.test", 10],
  ]);
  expect(admitted).toEqual([]);
  expect(restsUntilMs).toBe(600);
  expect(day.full).toEqual(before);
  expect(day.ask([["a.test", 5]]).admitted).toHaveLength(5);
});

test("what is more than a bucket holds goes when it is full, and is owed afterwards", () => {
  const day = new Day();
  expect(day.ask([["a.test", 80]]).admitted).toHaveLength(80);
  expect(waitingIn(day.ask([["a.test", 80]]))).toEqual([["a.test", 120]]);
  expect(day.ask([["a.test", 80]], 120).admitted).toHaveLength(80);
});
