import { expect, test } from "vitest";
import type { Trigger } from "../../schema/index.ts";
import type { InstalledRelease, ReleaseFacts } from "../memory/release.ts";
import type { AgentMemory } from "../memory/state.ts";
import { judgeControls, judgeRequirements, judgeTrigger } from "./applicability.ts";

const [one, two] = ["1".repeat(64), "2".repeat(64)];

function memory(
  installed: InstalledRelease | undefined,
  more: Partial<AgentMemory> = {},
): AgentMemory {
  const known = installed === undefined ? {} : { "demo-app": installed };
  return { installed: known, quarantined: [], controls: [], ...more } as unknown as AgentMemory;
}

const trigger = (version: string, manifest: string, allowDowngrade?: readonly string[]): Trigger =>
  ({ package: { name: "demo-app", version, manifest }, allowDowngrade }) as unknown as Trigger;

function codeOf(work: () => void): string {
  try {
    work();
    return "fits";
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

test.each([
  ["first of all", trigger("1.0.0", one), undefined, "fits"],
  ["a higher version", trigger("2.0.0", two), { version: "1.0.0", manifest: one }, "fits"],
  ["the same once more", trigger("1.0.0", one), { version: "1.0.0", manifest: one }, "fits"],
  ["the version that came with the product", trigger("1.0.0", one), { version: "1.0.0" }, "fits"],
  [
    "other content of one version",
    trigger("1.0.0", two),
    { version: "1.0.0", manifest: one },
    "DOWNGRADE",
  ],
  ["a lower version", trigger("1.0.0", one), { version: "2.0.0", manifest: two }, "DOWNGRADE"],
  [
    "a lower one that may",
    trigger("1.0.0", one, ["2.0.0"]),
    { version: "2.0.0", manifest: two },
    "fits",
  ],
  [
    "a lower one that may replace another",
    trigger("1.0.0", one, ["3.0.0"]),
    { version: "2.0.0", manifest: two },
    "DOWNGRADE",
  ],
])("%s (A1)", (_, order, installed, expected) => {
  expect(codeOf(() => judgeTrigger(order, memory(installed)))).toBe(expected);
});

test("what failed here is not tried again, what else there is of the package is (A4)", () => {
  const failed = { name: "demo-app", version: "1.0.0", manifest: one, code: "HEALTH_FAILED" };
  const here = memory(undefined, { quarantined: [failed] });
  expect(codeOf(() => judgeTrigger(trigger("1.0.0", one), here))).toBe("QUARANTINED");
  expect(codeOf(() => judgeTrigger(trigger("1.0.1", two), here))).toBe("fits");
});

test.each([
  ["the lowest version that it updates", { minimumVersion: "1.0.0" }, "1.0.0", "fits"],
  ["one below that", { minimumVersion: "1.0.1" }, "1.0.0", "REQUIREMENT"],
  ["none, where it is the first", { minimumVersion: "9.0.0" }, undefined, "fits"],
  ["what it requires", { requires: { "demo-app": "^1.0.0" } }, "1.0.0", "fits"],
  ["another version of that", { requires: { "demo-app": "^2.0.0" } }, "1.0.0", "REQUIREMENT"],
  ["nothing of that", { requires: { "demo-app": "^1.0.0" } }, undefined, "REQUIREMENT"],
])("over %s", (_, needs, version, expected) => {
  const release = { name: "demo-app", version: "9.0.0", ...needs } as unknown as ReleaseFacts;
  const here = memory(version === undefined ? undefined : { version });
  expect(codeOf(() => judgeRequirements(release, here))).toBe(expected);
});

test.each([
  ["pause", "DEFERRED"],
  ["resume", "fits"],
  ["halt", "HALTED"],
  ["recall", "HALTED"],
] as const)("after %s: %s", (action, expected) => {
  const controls = [{ deployment: "d", action, issuedAt: "2026-11-22T12:00:00Z", reason: "" }];
  const here = memory(undefined, { controls });
  expect(codeOf(() => judgeControls("d", here))).toBe(expected);
  expect(codeOf(() => judgeControls("other", here))).toBe("fits");
});
