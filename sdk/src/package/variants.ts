/**
 * Which shape of a polymorphic package fits this machine: the first whose every condition holds, with a trace that
 * says why each earlier one did not (it goes into the receipt). Pure. Source: DESIGN 8; THREATS P6.
 */
import { OutriderError } from "../errors/index.ts";
import type { Condition, Manifest, ManifestFile } from "../schema/index.ts";
import { filesOf } from "./manifest.ts";
import { isInRange, isVersionRange } from "./version-range.ts";

/** What is known of a machine. */
export interface MachineFacts {
  /** As `process.platform` says. */
  readonly os: string;
  /** As `process.arch` says. */
  readonly arch: string;
  /** On Linux. */
  readonly libc?: "glibc" | "musl" | undefined;
  /** The version of this package that is installed, if one is. */
  readonly installed?: string | undefined;
  /** The vendor's own, from the agent's configuration. */
  readonly facts?: Readonly<Record<string, string>> | undefined;
}

/** What was chosen. */
export interface VariantChoice {
  /** Nothing where the package has the same files for all. */
  readonly variant: string | undefined;
  /** One line per variant that was looked at. */
  readonly trace: readonly string[];
  /** Files of this machine, in manifest order. */
  readonly files: readonly ManifestFile[];
}

/** Takes the first variant that fits. @throws VARIANT_NONE, whose message holds the trace */
export function chooseVariant(manifest: Manifest, machine: MachineFacts): VariantChoice {
  if (manifest.variants === undefined)
    return {
      variant: undefined,
      trace: ["no variants: the same files for every machine"],
      files: manifest.files,
    };
  const trace: string[] = [];
  for (const { name, when } of manifest.variants) {
    const obstacle = findObstacle(when, machine);
    trace.push(`${name}: ${obstacle ?? "fits"}`);
    if (obstacle === undefined) return { variant: name, trace, files: filesOf(manifest, name) };
  }
  throw new OutriderError(
    "VARIANT_NONE",
    `No variant of ${manifest.name} ${manifest.version} fits this machine: ${trace.join("; ")}.`,
    { subject: manifest.name },
  );
}

/** The first condition that does not hold, in words; `undefined` if all do. */
function findObstacle(
  { os, arch, libc, installed, facts }: Condition,
  machine: MachineFacts,
): string | undefined {
  return (
    notAmong("os", os, machine.os) ??
    notAmong("arch", arch, machine.arch) ??
    notAmong("libc", libc, machine.libc) ??
    notInRange(installed, machine.installed) ??
    notEqual(facts, machine.facts)
  );
}

function notAmong(
  what: string,
  wanted: readonly string[] | undefined,
  found: string | undefined,
): string | undefined {
  if (wanted === undefined || (found !== undefined && wanted.includes(found))) return undefined;
  return `${what} is ${found ?? "unknown"}, not ${wanted.join(" or ")}`;
}

function notInRange(range: string | undefined, found: string | undefined): string | undefined {
  if (range === undefined) return undefined;
  if (found === undefined) return `nothing is installed, and ${range} is wanted`;
  if (!isVersionRange(range)) return `${range} is not a range of versions`;
  return isInRange(found, range) ? undefined : `${found} is installed, not ${range}`;
}

function notEqual(
  wanted: Readonly<Record<string, string>> | undefined,
  found: Readonly<Record<string, string>> = {},
): string | undefined {
  for (const [name, value] of Object.entries(wanted ?? {})) {
    const actual = Object.hasOwn(found, name) ? found[name] : undefined;
    if (actual !== value) return `fact ${name} is ${actual ?? "unknown"}, not ${value}`;
  }
  return undefined;
}
