/**
 * File sets that put two files at one place of one machine: the builder refuses them, and names only the first.
 *
 * Files for all machines meet those of every variant; those of two variants never meet.
 */
import type { PlannedFile } from "../../package/build/index.ts";
import { pathKey } from "../../package/index.ts";
import type { PlannedFileSet } from "./file-sets.ts";

/** Two sets that meet. */
export interface Overlap {
  readonly later: PlannedFileSet;
  readonly earlier: PlannedFileSet;
  /** The first of the places where they meet. */
  readonly target: string;
  /** How many places there are. */
  readonly count: number;
  /** Do both take the same files from the same folder? Then the later can do without them. */
  readonly same: boolean;
}

/** Every pair that meets, in the order of the manifest. */
export function findOverlaps(sets: readonly PlannedFileSet[]): Overlap[] {
  const claims = new Map<string, { readonly set: PlannedFileSet; readonly file: PlannedFile }[]>();
  const overlaps = new Map<string, Overlap>();
  for (const set of sets)
    for (const file of set.files) {
      const key = pathKey(file.target);
      const earlier = claims.get(key) ?? [];
      for (const claim of earlier) {
        if (!meet(claim.set, set) || claim.set === set) continue;
        const pair = `${claim.set.pointer} ${set.pointer}`;
        const known = overlaps.get(pair);
        overlaps.set(pair, {
          later: set,
          earlier: claim.set,
          target: known?.target ?? file.target,
          count: (known?.count ?? 0) + 1,
          same: (known?.same ?? true) && claim.file.source === file.source,
        });
      }
      claims.set(key, [...earlier, { set, file }]);
    }
  return [...overlaps.values()];
}

function meet(left: PlannedFileSet, right: PlannedFileSet): boolean {
  return (
    left.variant === undefined || right.variant === undefined || left.variant === right.variant
  );
}
