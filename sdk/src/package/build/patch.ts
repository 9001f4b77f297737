/**
 * `outrider build --from`: what a patch archive carries, against one earlier release. A file that the release has
 * already, wherever it lies there, is only named; a changed one is a delta against its older self where that is
 * shorter; the rest is stored as in the full archive. The manifest is the same, so the signatures are too.
 */
import { hash } from "node:crypto";
import { OutriderError } from "../../errors/index.ts";
import type { FileSystem } from "../../ports/index.ts";
import { readDocumentText, validateManifest } from "../../schema/index.ts";
import type { ArchiveEntry, Manifest, ManifestFile } from "../../schema/index.ts";
import { openUnpinnedArchive, type OpenArchive } from "../archive/open.ts";
import { archivedBase } from "../base/archived.ts";
import type { BaseRelease } from "../base/release.ts";
import { checkCancelled } from "../cancel.ts";
import { isPatchable, storeDelta } from "./delta.ts";
import type { PackedFile } from "./pack.ts";
import { SourceReader } from "./source-reader.ts";
import type { Spool } from "./spool.ts";

/** An earlier release, its full archive open. */
export interface EarlierRelease {
  readonly archive: OpenArchive;
  readonly manifest: Manifest;
  readonly base: BaseRelease;
}

/** A file as a patch has it. */
export interface PatchFile {
  readonly file: PackedFile;
  readonly entry: ArchiveEntry;
  /** Absent where the base has it. */
  readonly data?: Pick<PackedFile, "stored" | "crc">;
}

/**
 * Opens an earlier release of this package. Close its archive.
 *
 * @throws PACKAGE_SOURCE where it is another package; PACKAGE_BASE where it is no full archive; those of opening one
 */
export async function openEarlier(
  path: string,
  name: string,
  {
    fileSystem,
    signal,
  }: { readonly fileSystem: FileSystem; readonly signal?: AbortSignal | undefined },
): Promise<EarlierRelease> {
  const archive = await openUnpinnedArchive(path, {
    fileSystem,
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const { manifestBytes, manifestText } = archive.head;
    const manifest = readDocumentText(manifestText, validateManifest, `${path}!/manifest.json`);
    if (manifest.name !== name)
      throw new OutriderError(
        "PACKAGE_SOURCE",
        `${path} is ${manifest.name}; a patch for ${name} needs an earlier ${name}.`,
        { subject: path },
      );
    const base = await archivedBase(archive, { document: manifest, bytes: manifestBytes });
    return { archive, manifest, base };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

/**
 * Decides for every file how the patch has it, in manifest order; deltas go to the spool, one after the other, since
 * each large one takes memory of several times its size.
 *
 * @throws PACKAGE_SOURCE, CANCELLED
 */
export async function packPatch(
  files: readonly PackedFile[],
  earlier: EarlierRelease,
  options: {
    readonly spool: Spool;
    readonly fileSystem: FileSystem;
    readonly signal?: AbortSignal | undefined;
    /** Called with the source bytes dealt with so far. */
    readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
  },
): Promise<PatchFile[]> {
  const older = new OlderFiles(earlier.manifest, files);
  const prefix = hash("sha256", earlier.archive.head.manifestBytes).slice(0, 8);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const packed: PatchFile[] = [];
  for (const [place, file] of files.entries()) {
    checkCancelled(options.signal, file.source);
    const name = `${prefix}-${place}`;
    packed.push(
      older.has(file)
        ? shared(file)
        : await carried(file, older, earlier.base, { ...options, name }),
    );
    options.onProgress?.((done += file.size), total);
  }
  return packed;
}

function shared(file: PackedFile): PatchFile {
  return { file, entry: { path: file.path, encoding: "same" } };
}

async function carried(
  file: PackedFile,
  older: OlderFiles,
  base: BaseRelease,
  options: {
    readonly spool: Spool;
    readonly name: string;
    readonly fileSystem: FileSystem;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<PatchFile> {
  const { path, encoding, stored, crc } = file;
  const ancestor = older.ancestorOf(file);
  if (ancestor !== undefined && isPatchable(file, ancestor.size)) {
    const delta = await SourceReader.open(file, options.fileSystem, (source) =>
      storeDelta(file, source, base, ancestor.sha256, options),
    );
    if (delta !== undefined)
      return {
        file,
        data: delta,
        entry: {
          path,
          encoding: "zstd-patch",
          length: delta.stored.length,
          base: ancestor.sha256,
        },
      };
  }
  return { file, data: { stored, crc }, entry: { path, encoding, length: stored.length } };
}

/** The files of the earlier release, as those of the new one look for them. */
class OlderFiles {
  readonly #byDigest = new Map<string, ManifestFile[]>();
  readonly #byPath = new Map<string, ManifestFile>();
  /** Those whose path is gone, by the last part of their name. */
  readonly #gone = new Map<string, ManifestFile>();

  constructor({ files }: Manifest, newer: readonly PackedFile[]) {
    const staying = new Set(newer.map(({ path }) => path));
    for (const file of files) {
      this.#byPath.set(file.path, file);
      const alike = this.#byDigest.get(file.sha256);
      if (alike === undefined) this.#byDigest.set(file.sha256, [file]);
      else alike.push(file);
      if (!staying.has(file.path)) this.#gone.set(nameOf(file.path), file);
    }
  }

  /** Does every machine that gets this file have its bytes already? */
  has({ sha256, variant }: PackedFile): boolean {
    return (this.#byDigest.get(sha256) ?? []).some((file) => isThere(file, variant));
  }

  /** What it was before: at the same place, or of the same name at a place that is no more. */
  ancestorOf({ path, variant }: PackedFile): ManifestFile | undefined {
    const found = this.#byPath.get(path) ?? this.#gone.get(nameOf(path));
    return found !== undefined && isThere(found, variant) ? found : undefined;
  }
}

/** A machine has the files for all, and those of its own variant. */
function isThere(file: ManifestFile, variant: string | undefined): boolean {
  return file.variant === undefined || file.variant === variant;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
