/**
 * Going back: what ran before runs again, whatever point was reached. Everything here may be repeated; nothing here
 * ever goes forward. A release that failed for good is quarantined, so that no other copy of the notification tries it again.
 */
import type { FileSystem } from "../ports/index.ts";
import type { Deployer, Placement } from "./deployer.ts";
import type { JournalRecord } from "./journal.ts";
import { quarantine } from "./quarantine.ts";
import type { AgentState } from "./state.ts";

/** Restores, cleans up, quarantines. */
export async function rollBack(
  record: JournalRecord,
  options: {
    readonly fileSystem: FileSystem;
    readonly state: AgentState;
    /** Absent where nothing was staged. */
    readonly placed: { readonly deployer: Deployer; readonly placement: Placement } | undefined;
    readonly archivePath: string;
  },
): Promise<void> {
  const { placed } = options;
  if (placed !== undefined) {
    await placed.deployer.restore(placed.placement, record.undo ?? "");
    await options.fileSystem.remove(placed.placement.stagingDirectory);
  }
  await options.fileSystem.remove(options.archivePath);
  await quarantine(record, options.state);
}
