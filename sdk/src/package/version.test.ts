import fc from "fast-check";
import { compare } from "semver";
import { expect, test } from "vitest";
import { compareVersions } from "./version.ts";

const identifier = fc.oneof(
  fc.nat({ max: 1000 }).map(String),
  fc.stringMatching(/^[A-Za-z-][0-9A-Za-z-]{0,5}$/),
);
const version = fc
  .tuple(
    fc.nat({ max: 3 }),
    fc.nat({ max: 12 }),
    fc.nat(),
    fc.array(identifier, { maxLength: 3 }),
    fc.option(identifier),
  )
  .map(([major, minor, patch, pre, build]) => {
    const preRelease = pre.length === 0 ? "" : `-${pre.join(".")}`;
    return `${major}.${minor}.${patch}${preRelease}${build === null ? "" : `+${build}`}`;
  });

test("the order of Semantic Versioning, clause 11", () => {
  const ordered = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1-a-b",
    "1.0.1",
    "1.10.0",
    "2.0.0",
    "9999999999.0.0",
  ];
  for (const [left, version] of ordered.entries())
    for (const [right, other] of ordered.entries())
      expect([version, other, Math.sign(compareVersions(version, other))]).toEqual([
        version,
        other,
        Math.sign(left - right),
      ]);
});

test("agrees with semver, and build metadata does not count", () => {
  fc.assert(
    fc.property(version, version, (left, right) => {
      expect(Math.sign(compareVersions(left, right))).toBe(compare(left, right));
    }),
  );
  expect(compareVersions("1.0.0+a", "1.0.0+b")).toBe(0);
});

test("numbers of any length are compared exactly", () => {
  expect(compareVersions("1.0.0-90071992547409931", "1.0.0-90071992547409930")).toBeGreaterThan(0);
});

test("any strings have an order, the same from both sides", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => {
      expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});
