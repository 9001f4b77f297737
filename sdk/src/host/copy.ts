/**
 * Copies a file while hashing it. The digest is that of the bytes written, whatever happens to the source meanwhile
 * (THREATS T4). Two buffers: one is hashed and written while the other fills (`bench/copy.ts`: 0.79 of `cp` and
 * `openssl`).
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { OutriderError } from "../errors/index.ts";
import { isFull, type FileSystem } from "../ports/index.ts";

const chunkBytes = 1024 * 1024;

/** @throws FILE_MISSING, FILE_UNREADABLE, SPACE, CANCELLED */
export async function copyWhileHashing(
  from: string,
  to: string,
  fileSystem: FileSystem,
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (bytes: number, total: number) => void;
  } = {},
): Promise<{ sha256: string; size: number }> {
  const source = await openSource(from, fileSystem);
  try {
    const total = (await source.stat()).size;
    const target = await fileSystem.open(to, "create");
    try {
      const hash = createHash("sha256");
      let [filling, spare] = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)];
      let size = 0;
      let count = await source.read(filling, 0);
      while (count > 0) {
        if (options.signal?.aborted === true)
          throw new OutriderError("CANCELLED", `Copying ${from} was cancelled.`, { subject: from });
        const chunk = filling.subarray(0, count);
        size += count;
        const writing = target.write(chunk);
        const reading = source.read(spare, size);
        hash.update(chunk);
        [, count] = await Promise.all([writing, reading]);
        [filling, spare] = [spare, filling];
        options.onProgress?.(size, total);
      }
      await target.sync();
      return { sha256: hash.digest("hex"), size };
    } finally {
      await target.close();
    }
  } catch (cause) {
    if (isFull(cause))
      throw new OutriderError(
        "SPACE",
        `There is no room for a copy of ${from} in ${dirname(to)}. Free some.`,
        { subject: to, cause },
      );
    throw cause instanceof OutriderError ? cause : unreadable(from, cause);
  } finally {
    await source.close();
  }
}

async function openSource(path: string, fileSystem: FileSystem): ReturnType<FileSystem["open"]> {
  try {
    return await fileSystem.open(path, "read");
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): OutriderError {
  const { code } = cause as NodeJS.ErrnoException;
  return code === "ENOENT"
    ? new OutriderError("FILE_MISSING", `${path} does not exist.`, { subject: path, cause })
    : new OutriderError("FILE_UNREADABLE", `${path} cannot be copied (${code ?? String(cause)}).`, {
        subject: path,
        cause,
      });
}
