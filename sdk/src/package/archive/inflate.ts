/**
 * zstd frames of an archive: one frame and nothing behind it, no more bytes than the file must have, no larger window
 * than its size or 8 MiB. A patch reaches its base by the dictionary, so its window is never larger than the file.
 */
import {
  constants,
  createZstdDecompress,
  zstdDecompressSync,
  type ZstdDecompress,
  type ZstdOptions,
} from "node:zlib";
import { OutriderError, say } from "../../errors/index.ts";
import type { ManifestFile } from "../../schema/index.ts";
import { chunkBytes, maxWindowLog } from "../limits.ts";
import { streamThrough, type ByteSink } from "../zstd.ts";
import { mismatch } from "./bytes.ts";

/** More than none, for the reason at {@link outputBytes}; 64 is zlib's least. */
const roomBehind = 64;
const leastWindowLog = 10;

/** Decompresses a small file. @param dictionary the base file, of a patch. */
export function inflateWhole(
  archive: string,
  file: ManifestFile,
  stored: Uint8Array,
  dictionary?: Uint8Array,
): Uint8Array {
  try {
    const { buffer, engine } = zstdDecompressSync(stored, {
      ...decoding(file, dictionary),
      info: true,
      chunkSize: file.size + roomBehind,
      maxOutputLength: file.size,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    checkConsumed(archive, file, engine.bytesWritten === stored.length);
    return buffer;
  } catch (error) {
    throw decodingError(archive, file, error);
  }
}

/**
 * An engine for a large file. With a dictionary, of which it has a copy of its own, it has room for the whole file:
 * given the whole frame at once, zstd writes there directly and makes no window beside it.
 */
export function inflateEngine(file: ManifestFile, dictionary?: Uint8Array): ZstdDecompress {
  return createZstdDecompress({
    ...decoding(file, dictionary),
    chunkSize: dictionary === undefined ? outputBytes(file.size) : file.size + roomBehind,
  });
}

/** Streams a large file through its engine. @param length stored bytes. */
export async function inflateStream(
  archive: string,
  file: ManifestFile,
  stored: { readonly chunks: AsyncIterable<Uint8Array>; readonly length: number },
  engine: ZstdDecompress,
  take: ByteSink,
): Promise<void> {
  let room: ArrayBufferLike | undefined;
  try {
    const all = await streamThrough(engine, stored.chunks, async (chunk) => {
      room = chunk.buffer;
      await take(chunk);
    });
    checkConsumed(archive, file, all && engine.bytesWritten === stored.length);
    // Of a patch it is as large as the file, and in a quiet agent the collector comes by when it likes.
    if (room instanceof ArrayBuffer) room.transfer(0);
  } catch (error) {
    throw decodingError(archive, file, error);
  }
}

function decoding({ size }: ManifestFile, dictionary: Uint8Array | undefined): ZstdOptions {
  const window = (log: number): ZstdOptions => ({
    params: { [constants.ZSTD_d_windowLogMax]: log },
  });
  if (dictionary === undefined) return window(maxWindowLog);
  return { ...window(Math.max(leastWindowLog, Math.ceil(Math.log2(size)))), dictionary };
}

/**
 * A buffer that the file's end never fills: zlib stops behind a frame only where it has room left, and would else go on
 * with whatever follows it.
 */
function outputBytes(size: number): number {
  const bytes = chunkBytes / 4;
  return size % bytes === 0 ? bytes + 1 : bytes;
}

/** One frame and nothing behind it. */
function checkConsumed(archive: string, { path }: ManifestFile, all: boolean): void {
  if (!all) throw mismatch(archive, say("{0} has bytes behind its compressed data", path));
}

/** zlib's errors in our words; anything else as it is. */
function decodingError(archive: string, { path }: ManifestFile, error: unknown): unknown {
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (code === "ERR_BUFFER_TOO_LARGE")
    return mismatch(archive, say("{0} decompresses to more bytes than it must have", path), error);
  if (code === "ZSTD_error_frameParameter_windowTooLarge")
    return new OutriderError(
      "PACKAGE_ENCODING",
      say(
        "The archive {0} holds {1} compressed with a larger window than is allowed; build it with Outrider.",
        archive,
        path,
      ),
      { subject: archive, cause: error },
    );
  if (code.startsWith("ZSTD_") || code.startsWith("Z_"))
    return mismatch(archive, say("{0} cannot be decompressed ({1})", path, message), error);
  return error;
}
