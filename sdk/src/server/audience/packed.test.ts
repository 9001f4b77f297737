/** A packed audience answers as the list that it was made of. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { rosterOf } from "./packed.ts";
import type { ReachableAgent } from "./reach.ts";

const people: fc.Arbitrary<ReachableAgent> = fc.record({
  agent: fc.string({ unit: "grapheme", maxLength: 30 }),
  address: fc.oneof(
    fc.constantFrom("unc", "a@b@Shop.example", "@x"),
    fc.string({ unit: "grapheme" }),
  ),
  transport: fc.constantFrom("email", "unc"),
  groups: fc.subarray(["one", "two", "three"]),
});

test("each as it was taken", () => {
  fc.assert(
    fc.property(fc.array(people), (audience) => {
      const roster = rosterOf(audience);
      const read = Array.from({ length: roster.size }, (_, index) => ({
        agent: roster.agent(index),
        address: roster.address(index),
        transport: roster.transport(index),
        groups: ["one", "two", "three"].filter((group) => roster.isIn(index, group)),
      }));
      expect(read).toEqual(audience);
    }),
  );
});

test("more than a chunk of bytes and of numbers; the domain counts in lower case; nobody else is there", () => {
  const size = 60_000;
  const roster = rosterOf(
    Array.from({ length: size }, (_, index) => ({
      agent: `machine-${index}`,
      address: `machine-${index}@D${index % 7}.Example`,
      transport: "email",
      groups: [],
    })),
  );
  expect(roster.size).toBe(size);
  expect(roster.agent(size - 1)).toBe(`machine-${size - 1}`);
  expect(roster.address(33_333)).toBe("machine-33333@D6.Example");
  expect(roster.destination(33_333)).toBe("d6.example");
  expect(() => roster.transport(size)).toThrow(RangeError);
});
