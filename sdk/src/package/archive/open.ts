/**
 * Opening an archive: length and SHA-256 of the whole file first, on the handle that stays open, before anything in it
 * is looked at (THREATS P2, P3); then its head. No byte of it is decoded here.
 */
import { createHash } from "node:crypto";
import { OutriderError, say } from "../../errors/index.ts";
import { nodeFileSystem, type FileHandle, type FileSystem } from "../../ports/index.ts";
import { checkCancelled } from "../cancel.ts";
import { fileError } from "../file-error.ts";
import { chunkBytes, maxArchiveBytes } from "../limits.ts";
import { ArchiveBytes } from "./bytes.ts";
import { readHead, type ArchiveHead } from "./head.ts";

/** An archive whose every byte is known; close it. */
export interface OpenArchive {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly head: ArchiveHead;
  readonly bytes: ArchiveBytes;
  close(): Promise<void>;
}

/** What all that opens archives takes. */
export interface OpenOptions {
  /** Default: the machine's own. */
  readonly fileSystem?: FileSystem;
  readonly signal?: AbortSignal;
  /** Called with the bytes hashed so far. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/**
 * Opens the archive that a verified notification or catalog names.
 *
 * @throws PACKAGE_DIGEST, PACKAGE_MALFORMED, FILE_MISSING, FILE_UNREADABLE, CANCELLED
 */
export async function openArchive(
  expected: { readonly path: string; readonly sha256: string; readonly size: number },
  options: OpenOptions = {},
): Promise<OpenArchive> {
  return open(expected.path, expected, options);
}

/**
 * Opens an archive that nobody has named yet: for `verify`, `inspect` and `publish`, where this very file is judged.
 * An agent never does.
 *
 * @throws PACKAGE_MALFORMED, FILE_MISSING, FILE_UNREADABLE, CANCELLED
 */
export async function openUnpinnedArchive(
  path: string,
  options: OpenOptions = {},
): Promise<OpenArchive> {
  return open(path, undefined, options);
}

/**
 * The manifest and signatures at the head of an archive that nobody has named yet.
 *
 * @throws as {@link openUnpinnedArchive}
 */
export async function readArchiveHead(
  path: string,
  options: OpenOptions = {},
): Promise<ArchiveHead> {
  const archive = await openUnpinnedArchive(path, options);
  await archive.close();
  return archive.head;
}

async function open(
  path: string,
  expected: { readonly sha256: string; readonly size: number } | undefined,
  { fileSystem = nodeFileSystem, signal, onProgress }: OpenOptions,
): Promise<OpenArchive> {
  let handle: FileHandle | undefined;
  try {
    handle = await fileSystem.open(path, "read");
    const { kind, size } = await handle.stat();
    if (kind !== "file")
      throw new OutriderError("PACKAGE_MALFORMED", say("{0} is not a file.", path), {
        subject: path,
      });
    if (expected !== undefined && size !== expected.size)
      throw new OutriderError(
        "PACKAGE_DIGEST",
        say("{0} has {1} bytes; {2} were signed.", path, size, expected.size),
        { subject: path },
      );
    if (size > maxArchiveBytes)
      throw new OutriderError(
        "PACKAGE_MALFORMED",
        say("{0} has {1} bytes; an archive has at most {2}.", path, size, maxArchiveBytes),
        {
          subject: path,
        },
      );
    const sha256 = await hashWhole(handle, path, size, signal, onProgress);
    if (expected !== undefined && sha256 !== expected.sha256)
      throw new OutriderError(
        "PACKAGE_DIGEST",
        say("{0} has the SHA-256 {1}; {2} was signed.", path, sha256, expected.sha256),
        { subject: path },
      );
    const bytes = new ArchiveBytes(handle, path, size);
    const head = await readHead(bytes);
    return { path, size, sha256, head, bytes, close: () => bytes.close() };
  } catch (error) {
    await handle?.close();
    throw fileError(error, path, "Reading");
  }
}

/** Two buffers: one is hashed while the next is read. */
async function hashWhole(
  handle: FileHandle,
  path: string,
  size: number,
  signal: AbortSignal | undefined,
  onProgress: OpenOptions["onProgress"],
): Promise<string> {
  const hash = createHash("sha256");
  let [current, next] = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)];
  let count = await handle.read(current, 0);
  let done = 0;
  while (count > 0 && done < size) {
    checkCancelled(signal, path);
    const reading = handle.read(next, done + count);
    hash.update(current.subarray(0, count));
    done += count;
    onProgress?.(done, size);
    count = await reading;
    [current, next] = [next, current];
  }
  return hash.digest("hex");
}
