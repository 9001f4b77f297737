import * as fc from "fast-check";
import { satisfies, validRange } from "semver";
import { expect, test } from "vitest";
import { isInRange, isVersionRange } from "./version-range.ts";

const small = fc.integer({ min: 0, max: 3 }).map(String);
const open = fc.oneof({ weight: 3, arbitrary: small }, fc.constantFrom("x", "X", "*"));
const preRelease = fc.constantFrom("", "", "-0", "-1", "-rc.1", "-rc.2", "-a-b.0");
const version = fc
  .tuple(small, small, small, preRelease)
  .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre}`);
const partial = fc
  .tuple(open, fc.option(open), fc.option(open), preRelease, fc.constantFrom("", "+build.1"))
  .map(([major, minor, patch, pre, build]) => {
    if (minor === null) return major;
    return patch === null ? `${major}.${minor}` : `${major}.${minor}.${patch}${pre}${build}`;
  });
const operator = fc.constantFrom("", "=", "<", "<=", ">", ">=", "~", "~>", "^", "> ", "^ ", "v");
const comparators = fc
  .array(
    fc.tuple(operator, partial).map(([sign, text]) => sign + text),
    { maxLength: 3 },
  )
  .map((words) => words.join(" "));
const alternative = fc.oneof(
  comparators,
  fc.tuple(partial, partial).map(([from, to]) => `${from} - ${to}`),
);
const range = fc
  .array(alternative, { minLength: 1, maxLength: 3 })
  .map((texts) => texts.join(" || "));

test("semver agrees about every version and every range that is read", () => {
  let read = 0;
  fc.assert(
    fc.property(version, range, (candidate, text) => {
      if (!isVersionRange(text)) return;
      read++;
      const expected = satisfies(candidate, text, { includePrerelease: true });
      expect(isInRange(candidate, text)).toBe(expected);
    }),
    { numRuns: 5000 },
  );
  expect(read).toBeGreaterThan(1000);
});

test("nothing is read that semver refuses", () => {
  const anything = fc.stringMatching(/^[0-9A-Za-z.*^~<>=|+ -]{0,20}$/);
  const hostile = fc.oneof(
    anything,
    fc.array(fc.oneof(range, anything)).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(hostile, (text) => {
      expect(isVersionRange(text) && validRange(text) === null).toBe(false);
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ["1.2.3", "^1.2", true],
  ["2.0.0", "^1.2", false],
  ["0.2.5", "^0.2.3", true],
  ["0.3.0", "^0.2.3", false],
  ["1.2.9", "~1.2.3", true],
  ["1.9.0", "1.x || >=2.5", true],
  ["2.4.0", "1.x || >=2.5", false],
  ["2.3.9", "1.2 - 2.3", true],
  ["2.0.0-rc.1", ">=2.0.0-rc", true],
  ["2.0.0-rc.1", "2.x", true],
  ["9.9.9", "*", true],
  ["9.9.9", "", true],
  ["nonsense", "*", false],
  ["1.0.0", "latest", false],
])("%s in %s: %s", (candidate, text, expected) => {
  expect(isInRange(candidate, text)).toBe(expected);
});

test.each([">>1", "latest", "1.2.3.4", "1.x.3", "==1", "1 - 2 - 3", "1.2.3-", "01.2.3"])(
  "%s is no range",
  (text) => {
    expect(isVersionRange(text)).toBe(false);
  },
);
