/**
 * Holds an archive to the signed manifest before any of its files is touched: the same manifest at its head, an index
 * of the same files in the same order, and a central directory that is, byte for byte, the one they must have. So there
 * is no room for an entry more, less, twice, elsewhere, overlapping, linked, encrypted or under a second name.
 */
import { OutriderError } from "../../errors/index.ts";
import type { ArchiveEntry, ManifestFile } from "../../schema/index.ts";
import { headNames } from "../limits.ts";
import { checkManifest, modeOf, type SignedManifest } from "../manifest.ts";
import { malformed, mismatch } from "./bytes.ts";
import { after, checkEnd, readRecord, type LocatedEntry } from "./directory.ts";
import type { OpenArchive } from "./open.ts";

/** How an entry of a full package is stored. */
export type Encoding = "identity" | "zstd";

/** A file of the manifest and where its data is. */
export interface MatchedEntry {
  readonly file: ManifestFile;
  readonly encoding: Encoding;
  readonly stored: LocatedEntry;
}

/**
 * @returns one entry per file, in manifest order.
 * @throws PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_PATH, PACKAGE_ENCODING
 */
export async function matchArchive(
  { bytes, head, path }: OpenArchive,
  manifest: SignedManifest,
): Promise<MatchedEntry[]> {
  if (Buffer.compare(head.manifestBytes, manifest.bytes) !== 0)
    throw mismatch(path, "the manifest.json at its head is another one");
  checkManifest(manifest.document, path);
  const { files } = manifest.document;
  const { entries } = head.index;
  if (entries.length !== files.length)
    throw mismatch(path, `its index has ${entries.length} files, the manifest ${files.length}`);
  if (head.directory.entries !== headNames.length + files.length)
    throw mismatch(path, `it has ${head.directory.entries} entries for ${files.length} files`);

  let at = head.files;
  const matched: MatchedEntry[] = [];
  for (const [place, file] of files.entries()) {
    const { encoding, length } = checkIndexed(path, file, entries[place]);
    const expected = { name: file.path, mode: modeOf(file), length };
    const stored = await readRecord(bytes, expected, at);
    matched.push({ file, encoding, stored });
    at = after(stored, at);
  }
  checkEnd(bytes, head.directory, at);
  return matched;
}

function checkIndexed(
  archive: string,
  { path, size }: ManifestFile,
  entry: ArchiveEntry | undefined,
): { encoding: Encoding; length: number } {
  if (entry?.path !== path)
    throw mismatch(
      archive,
      `its index names ${JSON.stringify(entry?.path)} in place of ${JSON.stringify(path)}`,
    );
  const { encoding, length } = entry;
  if (encoding !== "identity" && encoding !== "zstd")
    throw new OutriderError(
      "PACKAGE_ENCODING",
      `The archive ${archive} holds ${path} as a difference from another release; get the full package.`,
      { subject: archive },
    );
  if (encoding === "identity" && length !== size)
    throw mismatch(archive, `${path} is stored with ${length} bytes and must have ${size}`);
  // What does not shrink stays as it is, so that every file has one way to be stored.
  if (encoding === "zstd" && length >= size)
    throw malformed(archive, `${path} takes ${length} bytes compressed and has ${size}`);
  return { encoding, length };
}
