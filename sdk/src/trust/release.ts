/**
 * No package's version falls (TUF 5.6.3), unless a trigger allows to replace exactly the version that stands
 * (DESIGN 5), and was made after the trigger that brought it: else that order, replayed, would undo every mend.
 * One release has one manifest: the same version with another manifest is a split view (THREATS N12).
 */
import { OutriderError, say, type Sentence } from "../errors/index.ts";
import { compareVersions } from "../package/version.ts";
import type { Trigger } from "../schema/index.ts";
import { remember, type PackageMemory } from "./memory.ts";

/** A version that a package stands at, and who says so. */
export interface Floor {
  readonly version: string;
  readonly manifest: string;
  readonly triggeredAt?: string;
  readonly by: Sentence;
}

/** One release has one manifest: who shows two of them shows somebody a false one (THREATS N12). */
export function splitView(
  release: string,
  manifest: string,
  other: string,
  by: Sentence,
): OutriderError {
  return new OutriderError(
    "EQUIVOCATION",
    say(
      "{0} has manifest {1} here and {2} according to {3}. One release has one manifest: somebody shows different ones to different machines.",
      release,
      manifest,
      other,
      by,
    ),
  );
}

/** @throws ROLLBACK, EQUIVOCATION */
export function checkRelease(trigger: Trigger, floors: readonly Floor[]): void {
  const { name, version, manifest } = trigger.package;
  for (const floor of floors) {
    if (floor.version === version && floor.manifest !== manifest)
      throw splitView(`${name} ${version}`, manifest, floor.manifest, floor.by);
    if (compareVersions(version, floor.version) >= 0 || allows(trigger, floor)) continue;
    throw new OutriderError(
      "ROLLBACK",
      say(
        "{0} would fall from {1} ({2}) to {3}. Publish a higher version, or name {1} in a new trigger's allowDowngrade.",
        name,
        floor.version,
        floor.by,
        version,
      ),
    );
  }
}

function allows({ allowDowngrade, issuedAt }: Trigger, floor: Floor): boolean {
  return (
    allowDowngrade?.includes(floor.version) === true &&
    (floor.triggeredAt === undefined || Date.parse(issuedAt) > Date.parse(floor.triggeredAt))
  );
}

/** The packages, with the one of this trigger standing at its version. */
export function rememberRelease(
  packages: readonly PackageMemory[],
  trigger: Trigger,
): PackageMemory[] {
  const { name, version, manifest } = trigger.package;
  const before = packages.find((other) => other.name === name);
  const isLater =
    before === undefined ||
    before.version !== version ||
    Date.parse(trigger.issuedAt) > Date.parse(before.triggeredAt);
  const triggeredAt = isLater ? trigger.issuedAt : before.triggeredAt;
  return remember(packages, { name, version, manifest, triggeredAt }, (entry) => entry.name);
}
