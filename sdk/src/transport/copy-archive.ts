/**
 * Copies an archive from a file on any carrier (a share, a spool) into its place, verifying while it copies.
 *
 * The source is opened once, without following a link, and only that open file is read, so a file that is swapped or
 * changed meanwhile ends in PACKAGE_DIGEST, never in a wrong archive (THREATS N14, P3).
 */
import { OutriderError } from "../errors/index.ts";
import type { FileHandle, FileSystem } from "../ports/index.ts";
import { PartialArchive, throwIfCancelled, type ArchiveTarget } from "./partial-archive.ts";

/** How a copy is made. */
export interface CopyOptions {
  readonly signal?: AbortSignal;
  /** Called with the bytes so far. */
  readonly onProgress?: (bytes: number) => void;
}

const chunkBytes = 1024 * 1024;

/**
 * Copies and verifies, resuming an earlier copy.
 *
 * @returns bytes read from the source.
 * @throws PACKAGE_DIGEST, UNAVAILABLE, CANCELLED
 */
export async function copyArchive(
  fileSystem: FileSystem,
  source: string,
  wanted: ArchiveTarget,
  options: CopyOptions = {},
): Promise<number> {
  const handle = await openSource(fileSystem, source, wanted.size);
  try {
    const partial = await PartialArchive.open(fileSystem, wanted, options);
    const resumedAt = partial.length;
    try {
      await copy(handle, partial, wanted, source, options);
      await partial.finish();
      return wanted.size - resumedAt;
    } catch (error) {
      if (resumedAt === 0 || !isDigestError(error)) throw error;
    }
    // What an earlier source had left may have been the wrong part, and is gone now: once more, from the beginning.
    const whole = await PartialArchive.open(fileSystem, wanted, options);
    await copy(handle, whole, wanted, source, options);
    await whole.finish();
    return 2 * wanted.size - resumedAt;
  } finally {
    await handle.close();
  }
}

async function copy(
  handle: FileHandle,
  partial: PartialArchive,
  { size }: ArchiveTarget,
  source: string,
  { signal, onProgress }: CopyOptions,
): Promise<void> {
  // Two buffers: the next piece is read while the last one is hashed and written.
  let current: Uint8Array = new Uint8Array(chunkBytes);
  let next: Uint8Array = new Uint8Array(chunkBytes);
  try {
    let position = partial.length;
    let reading = handle.read(current, position);
    for (;;) {
      const count = await reading;
      throwIfCancelled(signal, source);
      if (count === 0) break;
      position += count;
      const piece = current.subarray(0, count);
      // One byte past the signed length is asked for, so that a longer file is noticed and refused.
      reading = position <= size ? handle.read(next, position) : Promise.resolve(0);
      reading.catch(() => undefined); // seen by the next await, also if writing fails first
      await partial.append(piece);
      [current, next] = [next, current];
      onProgress?.(partial.length);
    }
  } catch (error) {
    await partial.keep();
    if (error instanceof OutriderError) throw error;
    throw new OutriderError("UNAVAILABLE", `${source} broke off; the copy is resumed later.`, {
      subject: source,
      cause: error,
    });
  }
}

async function openSource(
  fileSystem: FileSystem,
  source: string,
  size: number,
): Promise<FileHandle> {
  let handle: FileHandle | undefined;
  try {
    // A pipe or device would hang or never end: only what is a plain file by its own name is opened.
    const facts = await fileSystem.stat(source);
    if (facts?.kind === "file") handle = await fileSystem.open(source, "read");
    const opened = await handle?.stat();
    if (handle !== undefined && opened?.kind === "file") {
      if (opened.size === size) return handle;
      throw new OutriderError(
        "PACKAGE_DIGEST",
        `${source} has ${opened.size} bytes; ${size} were signed.`,
        { subject: source },
      );
    }
  } catch (error) {
    await handle?.close();
    if (error instanceof OutriderError) throw error;
    throw new OutriderError("UNAVAILABLE", `${source} cannot be read.`, {
      subject: source,
      cause: error,
    });
  }
  await handle?.close();
  throw new OutriderError("UNAVAILABLE", `There is no plain file ${source}.`, { subject: source });
}

function isDigestError(error: unknown): boolean {
  return error instanceof OutriderError && error.code === "PACKAGE_DIGEST";
}
