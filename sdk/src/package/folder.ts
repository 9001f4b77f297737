/**
 * The archives that `outrider build` leaves in a package's folder: the full one, `NAME-VERSION.outrider`, and patches,
 * `NAME-VERSION.from-OLDVERSION.outrider`. Told apart by their names alone: what they hold is judged elsewhere.
 */

const suffix = ".outrider";

/** Names of files. */
export interface ArchiveNames {
  readonly full: string;
  /** In the order of their names. */
  readonly patches: readonly string[];
}

/** Sorts the names in a folder; `undefined` where it has no archive, or several of which none is the full one. */
export function archivesAmong(names: readonly string[]): ArchiveNames | undefined {
  const [full, ...patches] = names
    .filter((name) => name.endsWith(suffix))
    .toSorted((left, right) => left.length - right.length || (left < right ? -1 : 1));
  if (full === undefined) return undefined;
  const stem = `${full.slice(0, -suffix.length)}.from-`;
  return patches.every((name) => name.startsWith(stem))
    ? { full, patches: patches.toSorted() }
    : undefined;
}
