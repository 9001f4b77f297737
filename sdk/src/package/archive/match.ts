import { OutriderError } from "../../errors/index.ts";
/**
 * Holds an archive to the signed manifest before any of its files is touched: the same manifest at its head, an index
 * of the same files in the same order, and a central directory that is, byte for byte, the one they must have. So there
 * is no room for an entry more, less, twice, elsewhere, overlapping, linked, encrypted or under a second name.
 */
import type { ArchiveEntry, ManifestFile } from "../../schema/index.ts";
import { headNames } from "../limits.ts";
import { checkManifest, type SignedManifest } from "../manifest.ts";
import { malformed, mismatch } from "./bytes.ts";
import { readRecord } from "./head.ts";
import { centralRecord, descriptorBytes, localHeader, type EntryFacts } from "./layout.ts";
import type { OpenArchive } from "./open.ts";

/** A file of the manifest and where its data is. */
export interface MatchedEntry {
  readonly file: ManifestFile;
  readonly encoding: "identity" | "zstd";
  readonly facts: EntryFacts;
  /** Offset of its local header. */
  readonly offset: number;
}

/**
 * @returns one entry per file, in manifest order.
 * @throws PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_PATH, PACKAGE_ENCODING
 */
export async function matchArchive(
  archive: OpenArchive,
  manifest: SignedManifest,
): Promise<MatchedEntry[]> {
  const { bytes, head, path } = archive;
  if (Buffer.compare(head.manifestBytes, manifest.bytes) !== 0)
    throw mismatch(path, "the manifest.json at its head is another one");
  checkManifest(manifest.document, path);
  const { files } = manifest.document;
  const { entries: indexed } = head.index;
  if (indexed.length !== files.length)
    throw mismatch(path, `its index has ${indexed.length} files, the manifest ${files.length}`);
  if (head.directory.entries !== files.length + headNames.length)
    throw mismatch(path, `it has ${head.directory.entries} entries for ${files.length} files`);

  let offset = head.directory.firstFile;
  let record = head.directory.firstRecord;
  const matched: MatchedEntry[] = [];
  for (const [at, file] of files.entries()) {
    const encoding = checkEncoding(path, file, indexed[at]);
    const { length } = indexed[at] as ArchiveEntry;
    const facts = await readRecord(
      bytes,
      { name: file.path, mode: Number.parseInt(file.mode, 8), length },
      record,
      offset,
    );
    matched.push({ file, encoding, facts, offset });
    record += centralRecord(facts, offset).length;
    offset += localHeader(file.path).length + length + descriptorBytes;
  }
  if (offset !== head.directory.offset)
    throw malformed(path, "its entries do not end where its directory begins");
  if (record !== head.directory.offset + head.directory.size)
    throw malformed(path, "its directory holds more than its entries");
  return matched;
}

function checkEncoding(
  archive: string,
  file: ManifestFile,
  entry: ArchiveEntry | undefined,
): "identity" | "zstd" {
  if (entry?.path !== file.path)
    throw mismatch(
      archive,
      `its index names ${JSON.stringify(entry?.path)} in place of ${JSON.stringify(file.path)}`,
    );
  switch (entry.encoding) {
    case "identity":
      if (entry.length !== file.size)
        throw mismatch(
          archive,
          `${file.path} is stored with ${entry.length} bytes and must have ${file.size}`,
        );
      return entry.encoding;
    case "zstd":
      // What does not shrink stays as it is, so there is one way to store a file, and an empty one is never a bomb.
      if (entry.length >= file.size)
        throw malformed(
          archive,
          `${file.path} is compressed to ${entry.length} bytes and has ${file.size}`,
        );
      return entry.encoding;
    case "zstd-patch":
    case "same":
      throw new OutriderError(
        "PACKAGE_ENCODING",
        `The archive ${archive} holds ${file.path} as a difference from another release; get the full package.`,
        { subject: archive },
      );
  }
}
