import fc from "fast-check";
import { expect, test } from "vitest";
import { workedMs } from "../../test/support/worked.ts";
import { fits } from "./pattern.ts";

test.each([
  ["*", "", true],
  ["*", "anything", true],
  ["demo-app", "demo-app", true],
  ["demo-app", "demo-apps", false],
  ["demo-*", "demo-", true],
  ["*-app", "demo-app", true],
  ["*-app", "demo-app-2", false],
  ["a*b*c", "aXXbYYc", true],
  ["a*b*c", "aXXcYYb", false],
  ["a.c", "abc", false],
  ["**", "x", true],
  ["", "", true],
  ["", "x", false],
])("%j on %j: %s", (pattern, name, fitting) => {
  expect(fits(pattern, name)).toBe(fitting);
});

test("says what the regular expression would say", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "."), maxLength: 8 });
  const name = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 10 });
  fc.assert(
    fc.property(text, name, (pattern, name) => {
      const expression = pattern.replaceAll(".", "\\.").replaceAll("*", ".*");
      expect(fits(pattern, name)).toBe(new RegExp(`^${expression}$`, "s").test(name));
    }),
    { numRuns: 1000 },
  );
});

test("many stars against a long name take no noticeable time", () => {
  const start = workedMs();
  expect(fits(`${"*a".repeat(50)}b`, "a".repeat(100))).toBe(false);
  expect(workedMs() - start).toBeLessThan(1_000);
});
