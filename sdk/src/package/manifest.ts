/**
 * What a manifest must keep beside its schema, so that no two of its files can ever meet on a disk.
 * Both sides ask: the builder of what it made, the reader of what was signed (a release key can be stolen too).
 */
import { OutriderError, say, type Sentence } from "../errors/index.ts";
import type { Manifest, ManifestFile } from "../schema/index.ts";
import { headNames } from "./limits.ts";
import { checkPath, pathKey } from "./path.ts";

/** A manifest and the exact bytes that were signed. */
export interface SignedManifest {
  readonly document: Manifest;
  readonly bytes: Uint8Array;
}

/** Where the file is installed, below the package's folder. */
export function targetOf(file: Pick<ManifestFile, "path" | "target">): string {
  return file.target ?? file.path;
}

/** Its permission bits. */
export function modeOf({ mode }: Pick<ManifestFile, "mode">): number {
  return mode === "755" ? 0o755 : 0o644;
}

/** The files that a machine of this variant has, in manifest order. */
export function filesOf(manifest: Manifest, variant: string | undefined): ManifestFile[] {
  return manifest.files.filter((file) => file.variant === undefined || file.variant === variant);
}

/**
 * Refuses a manifest whose files could overwrite, hide or escape one another. Linear in the number of files.
 *
 * @throws PACKAGE_PATH, PACKAGE_MISMATCH
 */
export function checkManifest({ files, variants = [] }: Manifest, subject: string): void {
  const names = new Set(variants.map(({ name }) => name));
  if (names.size !== variants.length)
    throw new OutriderError(
      "PACKAGE_MISMATCH",
      say("{0}: two variants have the same name.", subject),
      {
        subject,
      },
    );
  for (const { path, variant } of files)
    if (variant !== undefined && !names.has(variant))
      throw new OutriderError(
        "PACKAGE_MISMATCH",
        say("{0}: {1} is for the variant {2}, which is not listed.", subject, path, variant),
        { subject },
      );
  checkPlaces(files, subject);
}

/** Where a file lies, and for whom. */
export type Placed = Pick<ManifestFile, "path" | "target" | "variant">;

/**
 * Refuses paths that are not allowed, and any two files that would meet in the archive or on a machine.
 *
 * @throws PACKAGE_PATH
 */
export function checkPlaces(files: readonly Placed[], subject: string): void {
  const inArchive = new Territory(subject, say("in the archive"));
  for (const name of headNames) inArchive.claim(name);
  for (const { path, target } of files) {
    checkPath(path, subject);
    if (target !== undefined) checkPath(target, subject);
    inArchive.claim(path);
  }
  checkTargets(files, subject);
}

/** On a machine, the files for all and those of one variant lie together; those of two variants never do. */
function checkTargets(files: readonly Placed[], subject: string): void {
  const forAll = new Territory(subject, onMachine);
  const perVariant = new Map<string, Territory>();
  for (const file of files) if (file.variant === undefined) forAll.claim(targetOf(file));
  for (const file of files) {
    if (file.variant === undefined) continue;
    let territory = perVariant.get(file.variant);
    if (territory === undefined)
      perVariant.set(file.variant, (territory = new Territory(subject, onMachine, forAll)));
    territory.claim(targetOf(file));
  }
}

const onMachine = say("on the machine");

/** Paths taken so far: each once, whatever its letter case, and none both file and folder. */
class Territory {
  readonly #files = new Map<string, string>();
  readonly #folders = new Map<string, string>();
  readonly #subject: string;
  readonly #place: Sentence;
  readonly #below: Territory | undefined;

  constructor(subject: string, place: Sentence, below?: Territory) {
    this.#subject = subject;
    this.#place = place;
    this.#below = below;
  }

  claim(path: string): void {
    const key = pathKey(path);
    const other = this.#taken(key) ?? this.#parents(path, key);
    if (other !== undefined)
      throw new OutriderError(
        "PACKAGE_PATH",
        say(
          "{0}: {1} and {2} would lie at the same place {3}; rename one.",
          this.#subject,
          JSON.stringify(path),
          JSON.stringify(other),
          this.#place,
        ),
        { subject: this.#subject },
      );
    this.#files.set(key, path);
  }

  /** The path that is a file or a folder under this key. */
  #taken(key: string): string | undefined {
    const below = this.#below;
    return (
      this.#files.get(key) ??
      this.#folders.get(key) ??
      (below === undefined ? below : below.#taken(key))
    );
  }

  #fileAt(key: string): string | undefined {
    const below = this.#below;
    return this.#files.get(key) ?? (below === undefined ? below : below.#fileAt(key));
  }

  /** Books the folders above the path; a file where a folder must be is returned. */
  #parents(path: string, key: string): string | undefined {
    for (let end = key.lastIndexOf("/"); end > 0; end = key.lastIndexOf("/", end - 1)) {
      const folder = key.slice(0, end);
      const file = this.#fileAt(folder);
      if (file !== undefined) return file;
      if (this.#folders.has(folder)) return undefined; // and so are its own parents
      this.#folders.set(folder, path);
    }
    return undefined;
  }
}
