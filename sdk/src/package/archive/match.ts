/**
 * Holds an archive to the signed manifest before any of its files is touched: the same manifest at its head, an index
 * of the same files in the same order, and a central directory that is, byte for byte, the one they must have. So there
 * is no room for an entry more, less, twice, elsewhere, overlapping, linked, encrypted or under a second name. Of what
 * a patch takes from its base release only the digest is named, and there is no entry.
 */
import { say } from "../../errors/index.ts";
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
    throw mismatch(path, say("the manifest.json at its head is another one"));
  checkManifest(manifest.document, path);
  const { files } = manifest.document;
  const { entries, base } = head.index;
  if (entries.length !== files.length)
    throw mismatch(
      path,
      say("its index has {0} files, the manifest {1}", entries.length, files.length),
    );
  const carried = entries.filter(({ encoding }) => encoding !== "same").length;
  if (head.directory.entries !== headNames.length + carried)
    throw mismatch(path, say("it has {0} entries for {1} files", head.directory.entries, carried));

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
      say("its index names {0} in place of {1}", JSON.stringify(entry?.path), JSON.stringify(path)),
    );
  const { encoding } = entry;
  if (base === undefined && (encoding === "same" || encoding === "zstd-patch"))
    throw malformed(archive, say("it takes {0} from a base release and names none", path));
  if (encoding === "same") return entry;
  const { length } = entry;
  if (encoding === "identity" && length !== size)
    throw mismatch(
      archive,
      say("{0} is stored with {1} bytes and must have {2}", path, length, size),
    );
  // What does not shrink stays as it is, so that every file has one way to be stored.
  if (encoding !== "identity" && length >= size)
    throw malformed(archive, say("{0} takes {1} bytes compressed and has {2}", path, length, size));
  if (encoding === "zstd-patch" && (size > maxPatchFileBytes || length > maxPatchBytes))
    throw malformed(archive, say("{0} is patched with {1} bytes and has {2}", path, length, size));
  return entry;
}
