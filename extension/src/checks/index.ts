/**
 * What is wrong with a source manifest beyond its schema, as far as the manifest and its folder tell.
 *
 * Each rule is a file of this folder; `tell.ts` puts what they find at its place, in the person's language.
 * Only for manifests that the schema accepts. Reads names and facts of files, never their content.
 */
import { isOutriderError } from "@outrider/sdk/errors";
import { readSourceManifest } from "@outrider/sdk/package/build";
import type { SourceManifest } from "@outrider/sdk/schema";
import type { Finding, Translate } from "../documents/finding.ts";
import { planFileSets, type Folder, type PlannedFileSet } from "./file-sets.ts";
import { findOverlaps } from "./overlaps.ts";
import { findUnreachable } from "./reachability.ts";
import { spelledOnDisk } from "./spelling.ts";
import { tell, type ParsedManifest } from "./tell.ts";

export { filesOfSet, type Folder } from "./file-sets.ts";
export type { ParsedManifest } from "./tell.ts";

/** Examines a manifest against its folder. */
export async function examinePackage(
  manifest: ParsedManifest,
  folder: Folder,
  t: Translate,
): Promise<Finding[]> {
  const source = readSource(manifest, t);
  if (Array.isArray(source)) return source;
  const sets = await planFileSets(source, folder);
  const findings: Finding[] = [];
  for (const set of sets) findings.push(...(await examineSet(manifest, set, folder, t)));
  return [
    ...findings,
    ...findOverlaps(sets).map((overlap) => tell.overlap(manifest, overlap, t)),
    ...findUnreachable(source).map((variant) => tell.unreachable(manifest, variant, t)),
  ];
}

/** The manifest, or why the builder would not even begin. */
function readSource(manifest: ParsedManifest, t: Translate): SourceManifest | Finding[] {
  try {
    return readSourceManifest(manifest.document.getText(), "");
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    return [tell.refusal(manifest, error.pointer ?? "", error, t)];
  }
}

/** A path that is misspelled is told as that; only what is spelled right can be missing. */
async function examineSet(
  manifest: ParsedManifest,
  set: PlannedFileSet,
  { root, fileSystem }: Folder,
  t: Translate,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const member of ["from", "base"] as const) {
    const written = set.set[member];
    if (written === undefined) continue;
    const spelled = await spelledOnDisk(root, written, fileSystem);
    if (spelled !== undefined)
      findings.push(tell.misspelled(manifest, `${set.pointer}/${member}`, { written, spelled }, t));
  }
  if (findings.length > 0 || set.refusal === undefined) return findings;
  return set.refusal.code === "PACKAGE_SOURCE"
    ? [tell.missing(manifest, set, t)]
    : [tell.refusal(manifest, `${set.pointer}/from`, set.refusal, t)];
}
