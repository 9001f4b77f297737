/**
 * `outrider build`: source manifest → `NAME-VERSION/manifest.json` and `NAME-VERSION/NAME-VERSION.outrider`, the same
 * bytes for the same files whatever their order on disk, the time zone or the umask. Each archive's signature file is
 * empty until `sealPackage` has been given the signatures. Everything is made beside and renamed: all or nothing.
 */
import { hash } from "node:crypto";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { OutriderError, say } from "../../errors/index.ts";
import { nodeFileSystem, readWhole, syncedWrite, type FileSystem } from "../../ports/index.ts";
import {
  decodeText,
  type Manifest,
  type ManifestFile,
  type SourceManifest,
} from "../../schema/index.ts";
import { fileError } from "../file-error.ts";
import { maxManifestBytes } from "../limits.ts";
import { checkManifest } from "../manifest.ts";
import { writeFull, writePatch, type BuiltPatch } from "./archives.ts";
import { toManifest, writeManifest } from "./manifest-text.ts";
import { packFiles, type PackedFile } from "./pack.ts";
import { planPackage, type PlannedFile } from "./plan.ts";
import { readSourceManifest } from "./source.ts";
import { Spool } from "./spool.ts";
import type { WrittenArchive } from "./write-archive.ts";

/** What to build. */
export interface BuildOptions {
  /** Path of `outrider.json`. */
  readonly sourceFile: string;
  /** Folder in which `NAME-VERSION` is made. */
  readonly outputDirectory: string;
  /** Stands in the manifest; the same moment gives the same bytes. */
  readonly releasedAt: Date;
  /** zstd level 1–19. Default: the source manifest's, else 6. */
  readonly level?: number | undefined;
  /** Files compressed at the same time. Default: the source manifest's, else one per processor. */
  readonly threads?: number | undefined;
  /** Full archives of earlier releases; for each a patch archive is made beside the full one. */
  readonly from?: readonly string[] | undefined;
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
  /** In the order of `from`. */
  readonly patches: readonly BuiltPatch[];
}

const maxSourceBytes = 1024 * 1024;
const defaultLevel = 6;
const publicMode = 0o644;

/**
 * Builds a package.
 *
 * @throws FILE_MISSING, FILE_UNREADABLE, FILE_EXISTS, DOCUMENT_INVALID, PACKAGE_SOURCE, PACKAGE_PATH, PACKAGE_LIMIT,
 * PACKAGE_BASE, SPACE, CANCELLED and the codes of parseJson
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
  { outputDirectory, sourceFile, signal }: BuildOptions,
  source: SourceManifest,
  fileSystem: FileSystem,
): Promise<PlannedFile[]> {
  try {
    return await planPackage(dirname(resolve(sourceFile)), source, {
      fileSystem,
      subject: sourceFile,
      outputDirectory: resolve(outputDirectory),
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
      say("{0} holds a signed package; raise the version, or replace it (--force).", directory),
      {
        subject: directory,
      },
    );
}

async function make(
  options: BuildOptions,
  source: SourceManifest,
  plan: readonly PlannedFile[],
  archivePath: string,
  fileSystem: FileSystem,
): Promise<
  Pick<BuiltPackage, "archive" | "manifest" | "manifestSha256" | "manifestText" | "patches">
> {
  const directory = dirname(archivePath);
  const spoolDirectory = join(directory, "spool");
  await fileSystem.makeDirectory(spoolDirectory);
  const spool = new Spool(fileSystem, spoolDirectory);
  try {
    const { compression = {} } = source;
    const files = await packFiles(plan, spool, {
      level: options.level ?? compression.level ?? defaultLevel,
      threads: options.threads ?? compression.threads ?? availableParallelism(),
      fileSystem,
      signal: options.signal,
      onProgress: options.onProgress,
    });
    const manifest = toManifest(source, files.map(describe), options.releasedAt);
    checkManifest(manifest, options.sourceFile);
    const manifestText = writeManifest(manifest);
    const manifestBytes = Buffer.from(manifestText);
    checkManifestSize(manifestBytes.length, options.sourceFile);
    const release = { manifest, manifestBytes, files, spool, directory };
    const io = { fileSystem, signal: options.signal, onProgress: options.onProgress };
    const archive = await writeFull(release, io);
    const patches: BuiltPatch[] = [];
    for (const path of options.from ?? []) patches.push(await writePatch(path, release, io));
    await writeManifestFile(fileSystem, join(directory, "manifest.json"), manifestBytes);
    return {
      archive,
      patches,
      manifest,
      manifestText,
      manifestSha256: hash("sha256", manifestBytes),
    };
  } finally {
    await spool.close();
    await fileSystem.remove(spoolDirectory);
  }
}

function describe({ path, target, size, mode, sha256, variant }: PackedFile): ManifestFile {
  return {
    path,
    size,
    mode,
    sha256,
    ...(target === path ? {} : { target }),
    ...(variant === undefined ? {} : { variant }),
  };
}

function checkManifestSize(size: number, subject: string): void {
  if (size > maxManifestBytes)
    throw new OutriderError(
      "PACKAGE_LIMIT",
      `The manifest of ${subject} would have ${size} bytes; at most ${maxManifestBytes} are read. Pack fewer files.`,
      { subject },
    );
}

async function writeManifestFile(
  fileSystem: FileSystem,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  await syncedWrite(fileSystem, path, bytes);
  await fileSystem.setMode(path, publicMode);
}
