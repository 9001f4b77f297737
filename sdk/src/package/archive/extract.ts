/**
 * From an archive to a folder, all or nothing: files are written into a private folder beside the target (0700, new),
 * made durable, and the folder is renamed to its name at the very end. So a folder under that name is complete, and a
 * kill at any point leaves none (THREATS P1, P7; DESIGN 8).
 */
import { dirname, join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { nodeFileSystem, type FileHandle, type FileSystem } from "../../ports/index.ts";
import type { ManifestFile } from "../../schema/index.ts";
import { checkCancelled } from "../cancel.ts";
import { fileError } from "../file-error.ts";
import { targetOf, type SignedManifest } from "../manifest.ts";
import { Lanes } from "../parallel.ts";
import { decodeStream, decodeWhole, isSmall } from "./decode.ts";
import { checkHeader } from "./entry.ts";
import { matchArchive, type MatchedEntry } from "./match.ts";
import type { OpenArchive } from "./open.ts";

/** What to extract and where. */
export interface ExtractOptions {
  /** Verified by `trust/`. */
  readonly manifest: SignedManifest;
  /** Variant that `chooseVariant` took; nothing where the manifest has none. */
  readonly variant?: string | undefined;
  /** Folder to make, absolute; nothing may be there. */
  readonly targetDirectory: string;
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
const folderMode = 0o755;

/**
 * Extracts the files of one variant.
 *
 * @throws PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_PATH, PACKAGE_ENCODING, VARIANT_NONE, FILE_EXISTS,
 * FILE_UNREADABLE, SPACE, CANCELLED
 */
export async function extractArchive(
  archive: OpenArchive,
  options: ExtractOptions,
): Promise<ExtractedPackage> {
  const { fileSystem = nodeFileSystem, targetDirectory } = options;
  checkVariant(archive, options);
  const staging = `${targetDirectory}.partial`;
  try {
    const entries = await matchArchive(archive, options.manifest);
    if ((await fileSystem.stat(targetDirectory)) !== undefined)
      throw new OutriderError("FILE_EXISTS", `${targetDirectory} exists already.`, {
        subject: targetDirectory,
      });
    await fileSystem.remove(staging); // what a killed run left
    await fileSystem.makeDirectory(staging, 0o700);
    const written = await writeFiles(archive, entries, staging, fileSystem, options);
    await fileSystem.rename(staging, targetDirectory);
    await fileSystem.syncDirectory(dirname(targetDirectory));
    return { directory: targetDirectory, ...written };
  } catch (error) {
    await fileSystem.remove(staging).catch(() => undefined); // the first error is the one to tell
    throw fileError(error, targetDirectory, "Extracting into");
  }
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

async function writeFiles(
  { bytes, path }: OpenArchive,
  entries: readonly MatchedEntry[],
  staging: string,
  fileSystem: FileSystem,
  { onProgress, signal, variant }: ExtractOptions,
): Promise<Omit<ExtractedPackage, "directory">> {
  const isWanted = ({ file }: MatchedEntry): boolean =>
    file.variant === undefined || file.variant === variant;
  const wanted = entries.filter(isWanted);
  const folders = await makeFolders(wanted, staging, fileSystem);
  const size = wanted.reduce((sum, { file }) => sum + file.size, 0);
  let done = 0;
  const progress = (count: number): void => onProgress?.((done += count), size);
  const lanes = new Lanes(filesAtOnce);
  try {
    for (const entry of entries) {
      checkCancelled(signal, path);
      if (!isWanted(entry)) await checkHeader(bytes, entry.stored);
      else if (isSmall(entry)) {
        const content = await decodeWhole(bytes, entry);
        await lanes.start(async () => {
          await writeFile(fileSystem, staging, entry.file, (handle) => handle.write(content));
          progress(content.length);
        });
      } else {
        await writeFile(fileSystem, staging, entry.file, (handle) =>
          decodeStream(
            bytes,
            entry,
            async (chunk) => {
              await handle.write(chunk);
              progress(chunk.length);
            },
            signal,
          ),
        );
      }
    }
    await lanes.finish();
  } finally {
    await lanes.settle(); // nobody may still write into a folder that is being removed
  }
  for (const folder of folders.toReversed()) await fileSystem.syncDirectory(folder);
  return { files: wanted.length, size };
}

/** Makes every folder, parents first; returns them in that order, the staging folder included. */
async function makeFolders(
  entries: readonly MatchedEntry[],
  staging: string,
  fileSystem: FileSystem,
): Promise<string[]> {
  const names = new Set<string>();
  for (const { file } of entries) {
    const target = targetOf(file);
    for (let end = target.indexOf("/"); end > 0; end = target.indexOf("/", end + 1))
      names.add(target.slice(0, end));
  }
  const folders = [staging];
  for (const name of [...names].sort()) {
    const folder = join(staging, name);
    await fileSystem.makeDirectory(folder, folderMode);
    await fileSystem.setMode(folder, folderMode); // whatever the umask
    folders.push(folder);
  }
  return folders;
}

async function writeFile(
  fileSystem: FileSystem,
  staging: string,
  file: ManifestFile,
  fill: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const path = join(staging, targetOf(file));
  const handle = await fileSystem.open(path, "create");
  try {
    await fill(handle);
    await fileSystem.setMode(path, Number.parseInt(file.mode, 8));
    await handle.sync();
  } finally {
    await handle.close();
  }
}
