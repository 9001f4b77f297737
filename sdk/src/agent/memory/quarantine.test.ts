import { expect, test } from "vitest";
import { MemoryDisk } from "../../../test/support/memory-disk.ts";
import type { JournalRecord } from "./journal.ts";
import { quarantine } from "./quarantine.ts";
import { AgentState } from "./state.ts";

async function open(): Promise<AgentState> {
  const disk = new MemoryDisk();
  for (const folder of ["/data", "/install"]) await disk.makeDirectory(folder);
  return AgentState.open(
    disk,
    { data: "/data", install: "/install" },
    { bundled: {}, now: new Date() },
  );
}

function failed(code: string | undefined, manifest = "a".repeat(64)): JournalRecord {
  return {
    package: { name: "demo-app", version: "2.0.0", manifest },
    ...(code === undefined ? {} : { failure: { code, step: "deploy", message: "" } }),
  } as JournalRecord;
}

test.each([
  ["HEALTH_FAILED", true],
  ["DEPLOY_FAILED", true],
  ["HOOK_FAILED", true],
  // Of this moment, or of this machine's other packages.
  ["HALTED", false],
  ["DOWNGRADE", false],
  ["REQUIREMENT", false],
  ["SPACE", false],
  ["DEFERRED", false],
  // Not the release's own: an archive that a mirror spoiled, a key that was taken away, what nobody knows.
  ["PACKAGE_DIGEST", false],
  ["KEY_UNKNOWN", false],
  ["toString", false],
  [undefined, false],
])("failed by %s: quarantined %s", async (code, isQuarantined) => {
  const state = await open();
  await quarantine(failed(code), state);
  expect(state.memory.quarantined.length > 0).toBe(isQuarantined);
});

test("a release is on the list once, and the list holds the last thousand", async () => {
  const state = await open();
  for (let time = 0; time < 2; time++) await quarantine(failed("HEALTH_FAILED"), state);
  expect(state.memory.quarantined).toEqual([
    { name: "demo-app", version: "2.0.0", manifest: "a".repeat(64), code: "HEALTH_FAILED" },
  ]);
  const others = Array.from({ length: 1000 }, (_, at) => ({
    name: "other",
    version: "1.0.0",
    manifest: String(at).padStart(64, "0"),
    code: "HEALTH_FAILED",
  }));
  await state.change((memory) => ({ ...memory, quarantined: others }));
  await quarantine(failed("HEALTH_FAILED"), state);
  const { quarantined } = state.memory;
  expect([quarantined.length, quarantined[0]?.manifest, quarantined.at(-1)?.name]).toEqual([
    1000,
    others[1]?.manifest,
    "demo-app",
  ]);
});
