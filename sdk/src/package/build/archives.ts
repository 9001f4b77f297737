/** The archives of one release, written from what lies in the spool: the full one, and patches against earlier ones. */
import { join } from "node:path";
import type { FileSystem } from "../../ports/index.ts";
import type { ArchiveIndex, Manifest } from "../../schema/index.ts";
import { modeOf } from "../manifest.ts";
import type { PackedFile } from "./pack.ts";
import { openEarlier, packPatch } from "./patch.ts";
import type { Spool } from "./spool.ts";
import { headEntries, writeArchive, type NewEntry, type WrittenArchive } from "./write-archive.ts";

/** A patch archive beside the full one, before it is sealed. */
export interface BuiltPatch extends WrittenArchive {
  /** `NAME-VERSION.from-OLDVERSION.outrider`, in the package's folder. */
  readonly name: string;
  /** The release it builds on. */
  readonly base: { readonly version: string; readonly manifest: string };
}

/** A release whose files are packed. */
export interface PackedRelease {
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  readonly files: readonly PackedFile[];
  readonly spool: Spool;
  /** Folder for the archives. */
  readonly directory: string;
}

/** With what archives are written. */
export interface WritingOptions {
  readonly fileSystem: FileSystem;
  readonly signal?: AbortSignal | undefined;
  /** Called with the source bytes dealt with so far. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
}

const publicMode = 0o644;

/** Writes `NAME-VERSION.outrider`. @throws PACKAGE_LIMIT, CANCELLED */
export async function writeFull(
  release: PackedRelease,
  options: WritingOptions,
): Promise<WrittenArchive> {
  const { manifest, files, spool } = release;
  const entries = files.map(({ path, encoding, stored: { length } }) => ({
    path,
    encoding,
    length,
  }));
  return write(
    `${manifest.name}-${manifest.version}.outrider`,
    { type: "archive/1", entries },
    files.map((file) => entryOf(file, file, spool)),
    release,
    options,
  );
}

/**
 * Writes `NAME-VERSION.from-OLDVERSION.outrider`.
 *
 * @param path full archive of the earlier release.
 * @throws PACKAGE_SOURCE, PACKAGE_BASE, PACKAGE_LIMIT, CANCELLED and those of opening an archive
 */
export async function writePatch(
  path: string,
  release: PackedRelease,
  options: WritingOptions,
): Promise<BuiltPatch> {
  const { manifest, files, spool } = release;
  const earlier = await openEarlier(path, manifest.name, options);
  try {
    const packed = await packPatch(files, earlier, { ...options, spool });
    const { version } = earlier.manifest;
    const base = earlier.base.manifest;
    const name = `${manifest.name}-${manifest.version}.from-${version}.outrider`;
    const written = await write(
      name,
      { type: "archive/1", base, entries: packed.map(({ entry }) => entry) },
      packed.flatMap(({ file, data }) => (data === undefined ? [] : [entryOf(file, data, spool)])),
      release,
      options,
    );
    return { name, base: { version, manifest: base }, ...written };
  } finally {
    await earlier.archive.close();
  }
}

async function write(
  name: string,
  index: ArchiveIndex,
  entries: readonly NewEntry[],
  { manifestBytes, directory }: PackedRelease,
  { fileSystem, signal }: WritingOptions,
): Promise<WrittenArchive> {
  const path = join(directory, name);
  const all = [...headEntries(manifestBytes, "", index), ...entries];
  const written = await writeArchive(path, all, { fileSystem, signal });
  await fileSystem.setMode(path, publicMode);
  return written;
}

function entryOf(
  file: PackedFile,
  { stored, crc }: Pick<PackedFile, "stored" | "crc">,
  spool: Spool,
): NewEntry {
  return {
    name: file.path,
    mode: modeOf(file),
    length: stored.length,
    crc,
    content: () => spool.read(stored),
  };
}
