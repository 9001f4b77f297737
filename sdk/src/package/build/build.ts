/**
 * `outrider build`: source manifest → `NAME-VERSION/manifest.json` and `NAME-VERSION/NAME-VERSION.outrider`, the same
 * bytes for the same files whatever their order on disk, the time zone or the umask. The archive's signature file is
 * empty until `sealPackage` has been given the signatures. Everything is made beside and renamed: all or nothing.
 */
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { nodeFileSystem, readWhole, type FileSystem } from "../../ports/index.ts";
import {
  decodeText,
  type ArchiveIndex,
  type Manifest,
  type ManifestFile,
  type SourceManifest,
} from "../../schema/index.ts";
import { checkCancelled, fileError } from "../file-error.ts";
import { maxManifestBytes } from "../limits.ts";
import { checkManifest } from "../manifest.ts";
import { Lanes } from "../parallel.ts";
import { isWhole, storeFile, type StoredFile } from "./compress.ts";
import { toManifest, writeManifest } from "./manifest-text.ts";
import { planPackage, type PlannedFile } from "./plan.ts";
import { readSourceManifest } from "./source.ts";
import { Spool } from "./spool.ts";
import { writeZip, type WrittenArchive, type ZipEntry } from "./zip.ts";

/** What to build. */
export interface BuildOptions {
  /** Path of `outrider.json`. */
  readonly sourceFile: string;
  /** Folder in which `NAME-VERSION` is made. */
  readonly outputDirectory: string;
  /** Stands in the manifest; the same moment gives the same bytes. */
  readonly releasedAt: Date;
  /** zstd level 1–19. Default: the source manifest's, else 12. */
  readonly level?: number | undefined;
  /** Threads that compress. Default: the source manifest's, else all. */
  readonly threads?: number | undefined;
  /** Replace a package that was signed already. */
  readonly force?: boolean | undefined;
  /** Default: the machine's own. */
  readonly fileSystem?: FileSystem | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the source bytes read so far. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
}

/** What was built. */
export interface BuiltPackage {
  /** `OUTPUT/NAME-VERSION`. */
  readonly directory: string;
  readonly manifestPath: string;
  readonly archivePath: string;
  readonly manifest: Manifest;
  /** The exact text to sign. */
  readonly manifestText: string;
  readonly manifestSha256: string;
  /** The archive as it is now, before it is sealed. */
  readonly archive: WrittenArchive;
}

const maxSourceBytes = 1024 * 1024;
const defaultLevel = 12;

/**
 * Builds a package.
 *
 * @throws FILE_MISSING, FILE_UNREADABLE, FILE_EXISTS, DOCUMENT_INVALID, PACKAGE_SOURCE, PACKAGE_PATH, PACKAGE_LIMIT,
 * SPACE, CANCELLED and the codes of parseJson
 */
export async function buildPackage(options: BuildOptions): Promise<BuiltPackage> {
  const { fileSystem = nodeFileSystem, force = false, sourceFile } = options;
  const source = await readSource(sourceFile, fileSystem);
  const files = await plan(options, source, fileSystem);
  const name = `${source.name}-${source.version}`;
  const directory = resolve(options.outputDirectory, name);
  const staging = `${directory}.partial`;
  try {
    await refuseSigned(directory, force, fileSystem);
    await fileSystem.remove(staging);
    await fileSystem.makeDirectory(staging, 0o755);
    const made = await make(options, source, files, join(staging, `${name}.outrider`), fileSystem);
    await fileSystem.remove(directory);
    await fileSystem.rename(staging, directory);
    await fileSystem.syncDirectory(dirname(directory));
    return {
      directory,
      manifestPath: join(directory, "manifest.json"),
      archivePath: join(directory, `${name}.outrider`),
      ...made,
    };
  } catch (error) {
    await fileSystem.remove(staging).catch(() => undefined); // the first error is the one to tell
    throw fileError(error, directory, "Building");
  }
}

async function readSource(sourceFile: string, fileSystem: FileSystem): Promise<SourceManifest> {
  try {
    return readSourceManifest(
      decodeText(await readWhole(fileSystem, resolve(sourceFile), maxSourceBytes), sourceFile),
      sourceFile,
    );
  } catch (error) {
    throw fileError(error, sourceFile, "Reading");
  }
}

async function plan(
  { sourceFile, signal }: BuildOptions,
  source: SourceManifest,
  fileSystem: FileSystem,
): Promise<PlannedFile[]> {
  try {
    return await planPackage(dirname(resolve(sourceFile)), source, {
      fileSystem,
      subject: sourceFile,
      signal,
    });
  } catch (error) {
    throw fileError(error, sourceFile, "Collecting the files of");
  }
}

/** An unsigned build is nobody's loss; a signed one may be what was published. */
async function refuseSigned(
  directory: string,
  force: boolean,
  fileSystem: FileSystem,
): Promise<void> {
  if (!force && (await fileSystem.stat(join(directory, "manifest.json.asc"))) !== undefined)
    throw new OutriderError(
      "FILE_EXISTS",
      `${directory} holds a signed package; raise the version, or pass --force to replace it.`,
      {
        subject: directory,
      },
    );
}

async function make(
  options: BuildOptions,
  source: SourceManifest,
  files: readonly PlannedFile[],
  archivePath: string,
  fileSystem: FileSystem,
): Promise<Pick<BuiltPackage, "archive" | "manifest" | "manifestSha256" | "manifestText">> {
  const directory = dirname(archivePath);
  const spoolDirectory = join(directory, "spool");
  await fileSystem.makeDirectory(spoolDirectory);
  const spool = new Spool(fileSystem, spoolDirectory);
  try {
    const stored = await storeFiles(files, spool, source, options, fileSystem);
    const manifest = toManifest(
      source,
      files.map((file, at) => describe(file, stored[at] as StoredFile)),
      options.releasedAt,
    );
    checkManifest(manifest, options.sourceFile);
    const manifestText = writeManifest(manifest);
    const manifestBytes = Buffer.from(manifestText);
    if (manifestBytes.length > maxManifestBytes)
      throw new OutriderError(
        "PACKAGE_LIMIT",
        `The manifest has ${manifestBytes.length} bytes; at most ${maxManifestBytes} are read. Pack fewer files.`,
      );
    const index: ArchiveIndex = {
      type: "archive/1",
      entries: stored.map(({ encoding, stored: { length } }, at) => ({
        path: (files[at] as PlannedFile).path,
        encoding,
        length,
      })),
    };
    const archive = await writeZip(
      archivePath,
      [...headEntries(manifestBytes, "", index), ...payloadEntries(files, stored, spool)],
      {
        fileSystem,
        signal: options.signal,
      },
    );
    await writeSynced(fileSystem, join(directory, "manifest.json"), manifestBytes);
    await spool.close();
    await fileSystem.remove(spoolDirectory);
    await fileSystem.syncDirectory(directory);
    return {
      archive,
      manifest,
      manifestText,
      manifestSha256: createHash("sha256").update(manifestBytes).digest("hex"),
    };
  } finally {
    await spool.close();
  }
}

/** Small files side by side, large ones one at a time with all threads. */
async function storeFiles(
  files: readonly PlannedFile[],
  spool: Spool,
  { compression = {} }: SourceManifest,
  options: BuildOptions,
  fileSystem: FileSystem,
): Promise<StoredFile[]> {
  const level = options.level ?? compression.level ?? defaultLevel;
  const threads = options.threads ?? compression.threads ?? availableParallelism();
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const onBytes = (bytes: number): void => options.onProgress?.((done += bytes), total);
  const stored: StoredFile[] = [];
  const lanes = new Lanes(threads + 1); // one reads while the others compress
  try {
    for (const [at, file] of files.entries()) {
      checkCancelled(options.signal, file.source);
      const store = async (): Promise<void> => {
        stored[at] = await storeFile(file, spool, {
          level,
          threads,
          fileSystem,
          signal: options.signal,
          onBytes,
        });
      };
      if (isWhole(file)) await lanes.start(store);
      else await store();
    }
    await lanes.finish();
  } finally {
    await lanes.settle();
  }
  return stored;
}

function describe(
  { path, target, mode, variant }: PlannedFile,
  { size, sha256 }: StoredFile,
): ManifestFile {
  return {
    path,
    size,
    mode,
    sha256,
    ...(target === path ? {} : { target }),
    ...(variant === undefined ? {} : { variant }),
  };
}

/** The entries before the files. */
export function headEntries(
  manifest: Uint8Array,
  signatures: string,
  index: ArchiveIndex,
): ZipEntry[] {
  const entry = (name: string, bytes: Uint8Array): ZipEntry => ({
    name,
    mode: 0o644,
    length: bytes.length,
    content: async function* () {
      yield bytes;
    },
  });
  return [
    entry("manifest.json", manifest),
    entry("manifest.json.asc", Buffer.from(signatures)),
    entry("archive.json", Buffer.from(`${JSON.stringify(index)}\n`)),
  ];
}

function payloadEntries(
  files: readonly PlannedFile[],
  stored: readonly StoredFile[],
  spool: Spool,
): ZipEntry[] {
  return files.map(({ path, mode }, at) => {
    const range = (stored[at] as StoredFile).stored;
    return {
      name: path,
      mode: Number.parseInt(mode, 8),
      length: range.length,
      content: () => spool.read(range),
    };
  });
}

async function writeSynced(fileSystem: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const handle = await fileSystem.open(path, "replace");
  try {
    await handle.write(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fileSystem.setMode(path, 0o644);
}
