/**
 * Is it for this machine, now? (SUIT: applicability comes after the signature and before anything is fetched.)
 * Pure: told documents and what is installed, it answers or throws. Asked again after every restart before the machine
 * is changed, for the world may have moved on meanwhile.
 */
import { OutriderError } from "../../errors/index.ts";
import { compareVersions, isInRange } from "../../package/index.ts";
import type { Trigger } from "../../schema/index.ts";
import type { ReleaseFacts } from "../memory/release.ts";
import type { AgentMemory } from "../memory/state.ts";

/** What the trigger alone tells. @throws QUARANTINED, DOWNGRADE */
export function judgeTrigger(trigger: Trigger, memory: AgentMemory): void {
  const { name, version, manifest } = trigger.package;
  const failed = memory.quarantined.find((release) => release.manifest === manifest);
  if (failed !== undefined)
    throw new OutriderError(
      "QUARANTINED",
      `${name} ${version} failed on this machine before (${failed.code}); it waits for a higher version.`,
      { subject: name },
    );
  const installed = memory.installed[name];
  if (installed === undefined) return;
  // Equal versions of different content are a downgrade too: a version never changes its content.
  const sameContent = installed.manifest === undefined || installed.manifest === manifest;
  const older =
    compareVersions(version, installed.version) < 0 ||
    (version === installed.version && !sameContent);
  if (older && trigger.allowDowngrade?.includes(installed.version) !== true)
    throw new OutriderError(
      "DOWNGRADE",
      `${name} ${version} may not replace ${installed.version}: the trigger's allowDowngrade does not name that version.`,
      { subject: name },
    );
}

/** What must be there first; it may still come. @throws REQUIREMENT */
export function judgeRequirements(manifest: ReleaseFacts, memory: AgentMemory): void {
  const installed = memory.installed[manifest.name]?.version;
  const { minimumVersion } = manifest;
  if (
    minimumVersion !== undefined &&
    installed !== undefined &&
    compareVersions(installed, minimumVersion) < 0
  )
    throw new OutriderError(
      "REQUIREMENT",
      `${manifest.name} ${manifest.version} updates ${minimumVersion} or newer; ${installed} is installed. Install ${minimumVersion} first.`,
      { subject: manifest.name },
    );
  for (const [name, range] of Object.entries(manifest.requires ?? {})) {
    const present = memory.installed[name]?.version;
    if (present === undefined || !isInRange(present, range))
      throw new OutriderError(
        "REQUIREMENT",
        `${manifest.name} ${manifest.version} requires ${name} ${range}; ${present ?? "nothing"} is installed. Install that first.`,
        { subject: manifest.name },
      );
  }
}

/** @throws HALTED where its deployment was dropped, DEFERRED where it is paused */
export function judgeControls(deployment: string, { controls }: AgentMemory): void {
  const standing = controls.find((control) => control.deployment === deployment);
  if (standing === undefined || standing.action === "resume") return;
  if (standing.action === "pause")
    throw new OutriderError("DEFERRED", `The deployment is paused: ${standing.reason}`, {
      subject: deployment,
    });
  throw new OutriderError("HALTED", `The deployment was stopped: ${standing.reason}`, {
    subject: deployment,
  });
}

/** Is exactly this release in place? */
export function isInstalled(trigger: Trigger, memory: AgentMemory): boolean {
  return memory.installed[trigger.package.name]?.manifest === trigger.package.manifest;
}
