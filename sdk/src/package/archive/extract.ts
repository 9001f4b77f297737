/**
 * From an archive to a folder, all or nothing: files are written into a private folder beside the target (0700, new),
 * made durable, and the folder is renamed to its name at the very end. So a folder under that name is complete, and a
 * kill at any point leaves none (THREATS P1, P7; DESIGN 8).
 */
import { dirname } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import type { ManifestFile } from "../../schema/index.ts";
import { baseFor, type BaseRelease } from "../base/release.ts";
import { checkCancelled } from "../cancel.ts";
import { fileError } from "../file-error.ts";
import { modeOf, targetOf, type SignedManifest } from "../manifest.ts";
import { inLanes } from "../parallel.ts";
import type { ArchiveBytes } from "./bytes.ts";
import { decodeStream, decodeWhole, isSmall, type DecodeOptions } from "./decode.ts";
import { checkHeader } from "./entry.ts";
import { matchArchive, type MatchedEntry } from "./match.ts";
import type { OpenArchive } from "./open.ts";
import { StagingFolder } from "./staging.ts";

/** What to extract and where. */
export interface ExtractOptions {
  /** Verified by `trust/`. */
  readonly manifest: SignedManifest;
  /** Variant that `chooseVariant` took; nothing where the manifest has none. */
  readonly variant?: string | undefined;
  /** Folder to make, absolute; nothing may be there. */
  readonly targetDirectory: string;
  /** The installed release that a patch archive builds on. */
  readonly base?: BaseRelease | undefined;
  /** Default: the machine's own. */
  readonly fileSystem?: FileSystem;
  readonly signal?: AbortSignal;
  /** Called with the bytes written so far. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/** What was written. */
export interface ExtractedPackage {
  readonly directory: string;
  readonly files: number;
  /** Bytes. */
  readonly size: number;
}

const filesAtOnce = 8;

/**
 * Extracts the files of one variant.
 *
 * @throws PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_PATH, PACKAGE_ENCODING, PACKAGE_BASE, VARIANT_NONE,
 * FILE_EXISTS, FILE_UNREADABLE, SPACE, CANCELLED
 */
export async function extractArchive(
  archive: OpenArchive,
  options: ExtractOptions,
): Promise<ExtractedPackage> {
  const { fileSystem = nodeFileSystem, targetDirectory } = options;
  checkVariant(archive, options);
  let staging: StagingFolder | undefined;
  try {
    const entries = await matchArchive(archive, options.manifest);
    if ((await fileSystem.stat(targetDirectory)) !== undefined)
      throw new OutriderError("FILE_EXISTS", `${targetDirectory} exists already.`, {
        subject: targetDirectory,
      });
    const wanted = entries.filter(({ file }) => isWanted(file, options));
    const root = `${targetDirectory}.partial`;
    staging = await StagingFolder.make(
      fileSystem,
      root,
      wanted.map(({ file }) => targetOf(file)),
    );
    const size = wanted.reduce((sum, { file }) => sum + file.size, 0);
    await writeFiles(archive, entries, staging, size, options);
    await staging.sync();
    await fileSystem.rename(root, targetDirectory);
    await fileSystem.syncDirectory(dirname(targetDirectory));
    return { directory: targetDirectory, files: wanted.length, size };
  } catch (error) {
    await staging?.remove().catch(() => undefined); // the first error is the one to tell
    throw fileError(error, targetDirectory, "Extracting into");
  }
}

function isWanted(file: ManifestFile, { variant }: ExtractOptions): boolean {
  return file.variant === undefined || file.variant === variant;
}

/** A package with variants is never extracted without one: that would be half of it. */
function checkVariant({ path }: OpenArchive, { manifest, variant }: ExtractOptions): void {
  const { variants } = manifest.document;
  if (
    variants === undefined ? variant === undefined : variants.some(({ name }) => name === variant)
  )
    return;
  throw new OutriderError(
    "VARIANT_NONE",
    `${path} has no variant ${variant ?? "for every machine"}.`,
    {
      subject: path,
    },
  );
}

/**
 * Small files side by side, large ones one at a time beside them: what is decoded for the one is written for the other.
 * Patches hold their base in memory, so of them there is never more than one. Of the files for other machines the
 * headers are still held to.
 */
async function writeFiles(
  archive: OpenArchive,
  entries: readonly MatchedEntry[],
  staging: StagingFolder,
  size: number,
  options: ExtractOptions,
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  let done = 0;
  const writing: Writing = {
    staging,
    decode: { base: baseFor(archive, options.base), signal },
    progress: (count) => options.onProgress?.((done += count), size),
  };
  const isLarge = (entry: MatchedEntry): boolean =>
    isWanted(entry.file, options) && !isSmall(entry);
  const large = entries.filter(isLarge);
  await inLanes(filesAtOnce + 1, async (start) => {
    const writeLargeOnes = async (): Promise<void> => {
      const bytes = archive.bytes.another();
      for (const entry of large) await writeLarge(writing, bytes, entry);
    };
    try {
      if (options.base === undefined) await start(writeLargeOnes);
      else await writeLargeOnes();
      for (const entry of entries) {
        checkCancelled(signal, archive.path);
        if (!isWanted(entry.file, options)) {
          if (entry.stored !== undefined) await checkHeader(archive.bytes, entry.stored);
        } else if (isSmall(entry)) {
          const content = await decodeWhole(archive.bytes, entry, writing.decode);
          await start(() => writeSmall(writing, entry.file, content));
        }
      }
    } catch (error) {
      stop.abort(); // what is left of a large file need not be waited for
      throw error;
    }
  });
}

interface Writing {
  readonly staging: StagingFolder;
  readonly decode: DecodeOptions;
  readonly progress: (bytes: number) => void;
}

async function writeSmall(
  { staging, progress }: Writing,
  file: ManifestFile,
  content: Uint8Array,
): Promise<void> {
  await staging.write(targetOf(file), modeOf(file), async (handle) => {
    await handle.write(content);
    progress(content.length);
  });
}

async function writeLarge(
  { staging, progress, decode }: Writing,
  bytes: ArchiveBytes,
  entry: MatchedEntry,
): Promise<void> {
  await staging.write(targetOf(entry.file), modeOf(entry.file), async (handle) => {
    const write = async (chunk: Uint8Array): Promise<void> => {
      await handle.write(chunk);
      progress(chunk.length);
    };
    await decodeStream(bytes, entry, write, decode);
  });
}
