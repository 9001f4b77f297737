/** Is there a way back from a release once it is in place, and what does it take? */
import type { JournalRecord } from "../memory/journal.ts";
import type { InstalledRelease, WayBack } from "../memory/release.ts";
import type { Deployer } from "./deployer.ts";

/** The way back that a release has once it is in place; none where the strategy keeps nothing. */
export function wayBackOf(
  record: JournalRecord,
  deployer: Deployer,
  installed: InstalledRelease | undefined,
): WayBack | undefined {
  const { release, undo, deployment, notification, transport } = record;
  // The commit may be done again after a kill: then the release is booked already, with its way back.
  if (installed?.manifest === record.package.manifest) return installed.back;
  if (deployer.keepsBefore !== true || installed === undefined) return undefined;
  if (release === undefined || undo === undefined || undo === "") return undefined;
  const { back: _older, ...to } = installed;
  return { to, undo, release, deployment, notification, transport };
}
