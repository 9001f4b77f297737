/**
 * From stored bytes to a file's bytes. Decoding stops at the signed size and must end at the signed SHA-256, so a bomb
 * costs what the manifest allows and the index needs no signature (DESIGN 4). Of a small file nothing is given out
 * before it was checked; of a large one it is, into a place that nobody looks at before the end.
 */
import { createHash, hash } from "node:crypto";
import { constants, createZstdDecompress, zstdDecompressSync } from "node:zlib";
import { OutriderError } from "../../errors/index.ts";
import type { ManifestFile } from "../../schema/index.ts";
import { checkCancelled } from "../cancel.ts";
import { chunkBytes, maxWindowLog, wholeFileBytes } from "../limits.ts";
import { streamThrough, type ByteSink } from "../zstd.ts";
import { mismatch, type ArchiveBytes } from "./bytes.ts";
import { readStored, streamStored } from "./entry.ts";
import type { MatchedEntry } from "./match.ts";

/** More than none, for the reason at {@link outputBytes}; 64 is zlib's least. */
const roomBehind = 64;
const params = { [constants.ZSTD_d_windowLogMax]: maxWindowLog };

/** Is the file small enough to be read whole? */
export function isSmall({ file, stored }: MatchedEntry): boolean {
  return file.size <= wholeFileBytes && stored.length <= wholeFileBytes;
}

/** A small file's bytes, checked. @throws PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_ENCODING */
export async function decodeWhole(bytes: ArchiveBytes, entry: MatchedEntry): Promise<Uint8Array> {
  const stored = await readStored(bytes, entry.stored);
  const content =
    entry.encoding === "identity"
      ? new Uint8Array(stored)
      : inflate(bytes.path, entry.file, stored);
  checkContent(bytes.path, entry.file, content.length, hash("sha256", content));
  return content;
}

/** Streams a file's bytes; they are right only once this returns. @throws as {@link decodeWhole}, CANCELLED */
export async function decodeStream(
  bytes: ArchiveBytes,
  entry: MatchedEntry,
  sink: ByteSink,
  signal?: AbortSignal,
): Promise<void> {
  const { file } = entry;
  const digest = createHash("sha256");
  let size = 0;
  const take = async (chunk: Uint8Array): Promise<void> => {
    checkCancelled(signal, bytes.path);
    size += chunk.length;
    if (size > file.size) throw tooLong(bytes.path, file);
    const taken = sink(chunk);
    digest.update(chunk);
    await taken;
  };
  const stored = streamStored(bytes, entry.stored);
  if (entry.encoding === "identity") for await (const chunk of stored) await take(chunk);
  else await inflateStream(bytes.path, entry, stored, take);
  checkContent(bytes.path, file, size, digest.digest("hex"));
}

function inflate(archive: string, file: ManifestFile, stored: Uint8Array): Uint8Array {
  try {
    const { buffer, engine } = zstdDecompressSync(stored, {
      params,
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

async function inflateStream(
  archive: string,
  { file, stored }: MatchedEntry,
  chunks: AsyncIterable<Uint8Array>,
  take: ByteSink,
): Promise<void> {
  const engine = createZstdDecompress({ params, chunkSize: outputBytes(file.size) });
  try {
    const all = await streamThrough(engine, chunks, take);
    checkConsumed(archive, file, all && engine.bytesWritten === stored.length);
  } catch (error) {
    throw decodingError(archive, file, error);
  }
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
  if (!all) throw mismatch(archive, `${path} has bytes behind its compressed data`);
}

function checkContent(
  archive: string,
  { path, size, sha256 }: ManifestFile,
  foundSize: number,
  foundSha256: string,
): void {
  if (foundSize !== size)
    throw mismatch(archive, `${path} has ${foundSize} bytes and must have ${size}`);
  if (foundSha256 !== sha256)
    throw mismatch(archive, `${path} has the SHA-256 ${foundSha256} and must have ${sha256}`);
}

function tooLong(archive: string, { path, size }: ManifestFile): OutriderError {
  return mismatch(archive, `${path} has more than the ${size} bytes it must have`);
}

/** zlib's errors in our words; anything else as it is. */
function decodingError(archive: string, { path }: ManifestFile, error: unknown): unknown {
  const { code = "", message } = error as NodeJS.ErrnoException;
  if (code === "ERR_BUFFER_TOO_LARGE")
    return mismatch(archive, `${path} decompresses to more bytes than it must have`, error);
  if (code === "ZSTD_error_frameParameter_windowTooLarge")
    return new OutriderError(
      "PACKAGE_ENCODING",
      `The archive ${archive} holds ${path} compressed with a window above 8 MiB; build it with Outrider.`,
      { subject: archive, cause: error },
    );
  if (code.startsWith("ZSTD_") || code.startsWith("Z_"))
    return mismatch(archive, `${path} cannot be decompressed (${message})`, error);
  return error;
}
