/** Every file set of a source manifest, planned on its own: what it takes, or why the builder would refuse it. */
import { isOutriderError, type OutriderError } from "../../errors/index.ts";
import { planPackage, readSourceManifest, type PlannedFile } from "../../package/build/index.ts";
import type { FileSystem } from "../../ports/index.ts";
import type { FileSet, SourceManifest } from "../../schema/index.ts";

/** One file set. */
export interface PlannedFileSet {
  /** JSON pointer of the set. */
  readonly pointer: string;
  readonly set: FileSet;
  /** Nothing for files that every machine gets. */
  readonly variant: string | undefined;
  /** The files that it takes. */
  readonly files: readonly PlannedFile[];
  /** Why the builder refuses it. */
  readonly refusal: OutriderError | undefined;
}

/** Where the sets are looked up. */
export interface Folder {
  /** Absolute path of the source manifest's folder. */
  readonly root: string;
  readonly fileSystem: FileSystem;
  readonly signal?: AbortSignal | undefined;
}

/** Plans each set; only what is no refusal of the builder is thrown. */
export async function planFileSets(
  source: SourceManifest,
  { root, fileSystem, signal }: Folder,
): Promise<PlannedFileSet[]> {
  const planned: PlannedFileSet[] = [];
  for (const { pointer, set, variant } of fileSetsOf(source)) {
    const { name, version, install } = source;
    const alone: SourceManifest =
      variant === undefined
        ? { name, version, install, files: [set] }
        : { name, version, install, variants: [{ name: variant, when: {}, files: [set] }] };
    try {
      const files = await planPackage(root, alone, { fileSystem, subject: "", signal });
      planned.push({ pointer, set, variant, files, refusal: undefined });
    } catch (error) {
      if (!isOutriderError(error)) throw error;
      planned.push({ pointer, set, variant, files: [], refusal: error });
    }
  }
  return planned;
}

/** Absolute paths of the files that the set at a pointer takes; none where the builder would refuse it. */
export async function filesOfSet(text: string, pointer: string, folder: Folder): Promise<string[]> {
  try {
    const planned = await planFileSets(readSourceManifest(text, ""), folder);
    const set = planned.find((candidate) => candidate.pointer === pointer);
    return (set?.files ?? []).map(({ source }) => source);
  } catch (error) {
    if (isOutriderError(error)) return [];
    throw error;
  }
}

/** Every file set and where it stands. */
function fileSetsOf(
  source: SourceManifest,
): { readonly pointer: string; readonly set: FileSet; readonly variant: string | undefined }[] {
  const forAll = (source.files ?? []).map((set, at) => ({
    pointer: `/files/${at}`,
    set,
    variant: undefined,
  }));
  const perVariant = (source.variants ?? []).flatMap(({ name, files = [] }, at) =>
    files.map((set, index) => ({ pointer: `/variants/${at}/files/${index}`, set, variant: name })),
  );
  return [...forAll, ...perVariant];
}
