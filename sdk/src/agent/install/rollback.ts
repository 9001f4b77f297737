/**
 * Going back: what ran before runs again, whatever point was reached. Everything here may be repeated, and nothing
 * here ever goes forward. A release that failed for good is quarantined, so that no other copy of it is tried again.
 */
import type { FileSystem } from "../../ports/index.ts";
import type { Journal, JournalRecord } from "../memory/journal.ts";
import { quarantine } from "../memory/quarantine.ts";
import type { AgentState } from "../memory/state.ts";
import type { Deployer, Placement } from "./deployer.ts";

/** Restores, cleans up, quarantines. */
export async function rollBack(
  record: JournalRecord,
  by: {
    readonly fileSystem: FileSystem;
    readonly state: AgentState;
    /** Absent where the manifest was never verified: then nothing was put anywhere. */
    readonly placed: { readonly deployer: Deployer; readonly placement: Placement } | undefined;
    readonly journal: Journal;
  },
): Promise<void> {
  if (by.placed !== undefined) {
    const { deployer, placement } = by.placed;
    await deployer.restore(placement, record.undo);
    await by.fileSystem.remove(placement.stagingDirectory);
  }
  if (record.obtained !== undefined)
    await by.fileSystem.remove(by.journal.archivePath(record.obtained.sha256));
  if (record.backTo !== undefined) await by.state.install(record.package.name, record.backTo);
  await quarantine(record, by.state);
}
