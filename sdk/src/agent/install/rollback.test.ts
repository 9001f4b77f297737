import { expect, test, vi } from "vitest";
import { MemoryDisk } from "../../../test/support/memory-disk.ts";
import { Journal, type JournalRecord } from "../memory/journal.ts";
import { AgentState } from "../memory/state.ts";
import type { Deployer } from "./deployer.ts";
import { placementOf } from "./placement.ts";
import { rollBack } from "./rollback.ts";

const manifest = "2".repeat(64);
const archive = "a".repeat(64);
const record = {
  package: { name: "demo-app", version: "2.0.0", manifest },
  undo: "before",
  obtained: { sha256: archive },
  failure: { code: "HEALTH_FAILED", step: "deploy", message: "" },
} as unknown as JournalRecord;

test("restores, leaves neither what was unpacked nor the archive, and quarantines; twice is no error", async () => {
  const fileSystem = new MemoryDisk();
  for (const folder of ["/data", "/install"]) await fileSystem.makeDirectory(folder);
  const state = await AgentState.open(
    fileSystem,
    { data: "/data", install: "/install" },
    { bundled: {}, now: new Date() },
  );
  const journal = new Journal(fileSystem, "/data", manifest);
  const placement = placementOf(record.package, { strategy: "directory" }, "/install");
  await fileSystem.makeDirectory(placement.stagingDirectory);
  await fileSystem.makeDirectory(journal.directory);
  await (await fileSystem.open(journal.archivePath(archive), "create")).close();
  const restore = vi.fn<Deployer["restore"]>(async () => undefined);
  const placed = { deployer: { restore } as unknown as Deployer, placement };
  for (let time = 0; time < 2; time++)
    await rollBack(record, { fileSystem, state, placed, journal });
  expect(restore.mock.calls).toEqual([
    [placement, "before"],
    [placement, "before"],
  ]);
  for (const path of [placement.stagingDirectory, journal.archivePath(archive)])
    expect(await fileSystem.stat(path)).toBeUndefined();
  expect(state.memory.quarantined).toHaveLength(1);
});
