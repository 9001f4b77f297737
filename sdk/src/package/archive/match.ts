/**
 * Holds an archive to the signed manifest before any of its files is touched: the same manifest at its head, an index
 * of the same files in the same order, and a central directory that is, byte for byte, the one they must have. So there
 * is no room for an entry more, less, twice, elsewhere, overlapping, linked, encrypted or under a second name. Of what
 * a patch takes from its base release only the digest is named, and there is no entry.
 */
import type { ArchiveEntry, ManifestFile } from "../../schema/index.ts";
import { headNames, maxPatchBytes, maxPatchFileBytes } from "../limits.ts";
import { checkManifest, modeOf, type SignedManifest } from "../manifest.ts";
import { malformed, mismatch } from "./bytes.ts";
import { after, checkEnd, readRecord, type LocatedEntry } from "./directory.ts";
import type { OpenArchive } from "./open.ts";

/** How a file is carried: `ArchiveEntry` in the schema says it in full. */
export type Encoding = ArchiveEntry["encoding"];

/** A file of the manifest and where its bytes are. */
export type MatchedEntry = CarriedFile | PatchedFile | SharedFile;

/** A file that the archive has by itself. */
export interface CarriedFile {
  readonly file: ManifestFile;
  readonly encoding: "identity" | "zstd";
  readonly stored: LocatedEntry;
}

/** A file that the archive has as zstd against a file of the base release. */
export interface PatchedFile {
  readonly file: ManifestFile;
  readonly encoding: "zstd-patch";
  readonly stored: LocatedEntry;
  /** SHA-256 of the base file. */
  readonly base: string;
}

/** A file that only the base release has. */
export interface SharedFile {
  readonly file: ManifestFile;
  readonly encoding: "same";
  readonly stored: undefined;
}

/**
 * @returns one entry per file, in manifest order.
 * @throws PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_PATH
 */
export async function matchArchive(
  { bytes, head, path }: OpenArchive,
  manifest: SignedManifest,
): Promise<MatchedEntry[]> {
  if (Buffer.compare(head.manifestBytes, manifest.bytes) !== 0)
    throw mismatch(path, "the manifest.json at its head is another one");
  checkManifest(manifest.document, path);
  const { files } = manifest.document;
  const { entries, base } = head.index;
  if (entries.length !== files.length)
    throw mismatch(path, `its index has ${entries.length} files, the manifest ${files.length}`);
  const carried = entries.filter(({ encoding }) => encoding !== "same").length;
  if (head.directory.entries !== headNames.length + carried)
    throw mismatch(path, `it has ${head.directory.entries} entries for ${carried} files`);

  let at = head.files;
  const matched: MatchedEntry[] = [];
  for (const [place, file] of files.entries()) {
    const entry = checkIndexed(path, file, entries[place], base);
    if (entry.encoding === "same") {
      matched.push({ file, encoding: "same", stored: undefined });
      continue;
    }
    const expected = { name: file.path, mode: modeOf(file), length: entry.length };
    const stored = await readRecord(bytes, expected, at);
    matched.push(
      entry.encoding === "zstd-patch"
        ? { file, encoding: entry.encoding, stored, base: entry.base }
        : { file, encoding: entry.encoding, stored },
    );
    at = after(stored, at);
  }
  checkEnd(bytes, head.directory, at);
  return matched;
}

function checkIndexed(
  archive: string,
  { path, size }: ManifestFile,
  entry: ArchiveEntry | undefined,
  base: string | undefined,
): ArchiveEntry {
  if (entry?.path !== path)
    throw mismatch(
      archive,
      `its index names ${JSON.stringify(entry?.path)} in place of ${JSON.stringify(path)}`,
    );
  const { encoding } = entry;
  if (base === undefined && (encoding === "same" || encoding === "zstd-patch"))
    throw malformed(archive, `it takes ${path} from a base release and names none`);
  if (encoding === "same") return entry;
  const { length } = entry;
  if (encoding === "identity" && length !== size)
    throw mismatch(archive, `${path} is stored with ${length} bytes and must have ${size}`);
  // What does not shrink stays as it is, so that every file has one way to be stored.
  if (encoding !== "identity" && length >= size)
    throw malformed(archive, `${path} takes ${length} bytes compressed and has ${size}`);
  if (encoding === "zstd-patch" && (size > maxPatchFileBytes || length > maxPatchBytes))
    throw malformed(archive, `${path} is patched with ${length} bytes and has ${size}`);
  return entry;
}
