import { expect, test } from "vitest";
import { verdictOf } from "../../test/support/refusal.ts";
import { say } from "../errors/index.ts";
import type { Trigger } from "../schema/index.ts";
import type { PackageMemory } from "./memory.ts";
import { checkRelease, rememberRelease, type Floor } from "./release.ts";

const noon = "2026-11-22T12:00:00Z";
const later = "2026-11-22T12:00:01Z";
const manifest = "a".repeat(64);

function order(
  version: string,
  issuedAt: string,
  allowDowngrade: string[] = [],
  name = "demo-app",
): Trigger {
  return {
    type: "trigger/1",
    id: "00000000-0000-4000-8000-000000000000",
    issuedAt,
    expiresAt: later,
    package: { name, version, manifest, binding: "0".repeat(64) },
    audience: { groups: ["tills"] },
    delivery: "auto",
    event: { kind: "manual" },
    allowDowngrade,
  };
}

const floor = (version: string, triggeredAt?: string): Floor => ({
  version,
  manifest,
  by: say("a test"),
  ...(triggeredAt === undefined ? {} : { triggeredAt }),
});

test.each([
  ["higher", order("2.0.1", noon), floor("2.0.0", noon), "accepted"],
  ["equal", order("2.0.0", noon), floor("2.0.0", noon), "accepted"],
  ["equal but for build metadata", order("2.0.0+b", noon), floor("2.0.0+a", noon), "accepted"],
  ["lower", order("1.9.9", later), floor("2.0.0", noon), "ROLLBACK"],
  ["a pre-release of it", order("2.0.0-rc.1", later), floor("2.0.0", noon), "ROLLBACK"],
  ["lower, allowed, later", order("1.9.9", later, ["2.0.0"]), floor("2.0.0", noon), "accepted"],
  [
    "lower, allowed, at the same moment",
    order("1.9.9", noon, ["2.0.0"]),
    floor("2.0.0", noon),
    "ROLLBACK",
  ],
  ["lower, allowed, earlier", order("1.9.9", noon, ["2.0.0"]), floor("2.0.0", later), "ROLLBACK"],
  [
    "lower, another allowed",
    order("1.9.9", later, ["2.0.1", "1.9.9"]),
    floor("2.0.0", noon),
    "ROLLBACK",
  ],
  ["lower than a catalog's, allowed", order("1.9.9", noon, ["2.0.0"]), floor("2.0.0"), "accepted"],
])("%s than the floor: %s against %s is %s", (_, trigger, below, verdict) => {
  expect(verdictOf(() => checkRelease(trigger, [below]))).toBe(verdict);
});

test("every floor holds, and one release has one manifest", () => {
  const trigger = order("1.9.9", later, ["2.0.0"]);
  expect(verdictOf(() => checkRelease(trigger, [floor("2.0.0", noon), floor("1.0.0")]))).toBe(
    "accepted",
  );
  expect(verdictOf(() => checkRelease(trigger, [floor("1.0.0"), floor("3.0.0")]))).toBe("ROLLBACK");
  const other = { ...floor("1.9.9"), manifest: "b".repeat(64) };
  expect(verdictOf(() => checkRelease(trigger, [other]))).toBe("EQUIVOCATION");
});

test("a package stands at its last order; the same version ordered before does not make it older", () => {
  let packages: PackageMemory[] = [];
  const standing = (): string[] =>
    packages.map(({ name, version, triggeredAt }) => `${name} ${version} ${triggeredAt}`);
  packages = rememberRelease(packages, order("2.0.0", later));
  packages = rememberRelease(packages, order("1.0.0", noon, [], "demo-api"));
  packages = rememberRelease(packages, order("2.0.0", noon));
  expect(standing()).toEqual([`demo-api 1.0.0 ${noon}`, `demo-app 2.0.0 ${later}`]);
  packages = rememberRelease(packages, order("1.0.0", later, [], "demo-api"));
  packages = rememberRelease(packages, order("2.1.0", noon));
  expect(standing()).toEqual([`demo-api 1.0.0 ${later}`, `demo-app 2.1.0 ${noon}`]);
});

test("another package at the same version says nothing of when this one was ordered", () => {
  const others = rememberRelease([], order("2.0.0", later, [], "demo-api"));
  expect(rememberRelease(others, order("2.0.0", noon))).toMatchObject([
    { name: "demo-api", triggeredAt: later },
    { name: "demo-app", triggeredAt: noon },
  ]);
});
