/**
 * What is wrong with a source manifest beyond its schema, as far as the manifest and its folder tell.
 *
 * Each rule is a file of this folder; `remarks.ts` says what they find. Only for manifests that the schema accepts.
 * Reads names and facts of files; their content only
 * where a build may be stale.
 */
import { isOutriderError } from "../../errors/index.ts";
import { readSourceManifest } from "../../package/build/index.ts";
import type { SourceManifest } from "../../schema/index.ts";
import { examineRollout } from "../push/rollout.ts";
import type { Remark } from "../remark.ts";
import type { Surroundings } from "../surroundings.ts";
import { planFileSets, type PlannedFileSet } from "./file-sets.ts";
import { findOverlaps } from "./overlaps.ts";
import { examinePlatforms } from "./platforms.ts";
import { examinePrograms } from "./programs.ts";
import { findUnreachable } from "./reachability.ts";
import { examineRelease } from "./release.ts";
import { misspelled, missing, overlap, refusal, unreachable } from "./remarks.ts";
import { spelledOnDisk } from "./spelling.ts";

/** Examines the text of a manifest against its folder. */
export async function examinePackage(text: string, folder: Surroundings): Promise<Remark[]> {
  const source = readSource(text);
  if (Array.isArray(source)) return source;
  const sets = await planFileSets(source, folder);
  const remarks: Remark[] = [];
  for (const set of sets) remarks.push(...(await examineSet(source, set, folder)));
  return [
    ...remarks,
    ...findOverlaps(sets).map((found) => overlap(source, found)),
    ...examinePrograms(source, sets),
    ...findUnreachable(source).map((variant) => unreachable(source, variant)),
    ...examinePlatforms(source),
    ...examineRollout(source.rollout),
    ...(await examineRelease(source, folder)),
  ];
}

/** The manifest, or why the builder would not even begin. */
function readSource(text: string): SourceManifest | Remark[] {
  try {
    return readSourceManifest(text, "");
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    return [refusal(error.pointer ?? "", error)];
  }
}

/** A path that is misspelled is told as that; only what is spelled right can be missing. */
async function examineSet(
  source: SourceManifest,
  planned: PlannedFileSet,
  { root, fileSystem }: Surroundings,
): Promise<Remark[]> {
  const { pointer, set } = planned;
  const remarks: Remark[] = [];
  for (const member of ["from", "base"] as const) {
    const written = set[member];
    if (written === undefined) continue;
    const spelled = await spelledOnDisk(root, written, fileSystem);
    if (spelled !== undefined)
      remarks.push(misspelled(`${pointer}/${member}`, { written, spelled }));
  }
  if (remarks.length > 0 || planned.refusal === undefined) return remarks;
  return planned.refusal.code === "PACKAGE_SOURCE"
    ? [missing(source, planned)]
    : [refusal(`${pointer}/from`, planned.refusal)];
}
