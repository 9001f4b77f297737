/**
 * From stored bytes to a file's bytes. Decoding stops at the signed size and must end at the signed SHA-256, so a bomb
 * costs what the manifest allows and the index needs no signature (DESIGN 4). Nothing is given out of a whole file
 * before it was checked; of a streamed one it is, into a place that nobody looks at before the end.
 */
import { createHash, hash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { constants, crc32, createZstdDecompress, zstdDecompressSync } from "node:zlib";
import { OutriderError } from "../../errors/index.ts";
import type { ManifestFile } from "../../schema/index.ts";
import { chunkBytes, maxWindowLog, wholeFileBytes } from "../limits.ts";
import { mismatch, type ArchiveBytes } from "./bytes.ts";
import { checkCrc, checkDescriptor, checkHeader, readWholeEntry } from "./head.ts";
import { descriptorBytes, localHeader } from "./layout.ts";
import type { MatchedEntry } from "./match.ts";

const params = { [constants.ZSTD_d_windowLogMax]: maxWindowLog };

/** Takes a file's bytes in order; `last` with the final ones. */
export type ByteSink = (chunk: Uint8Array) => Promise<void> | void;

/** Is the file small enough to be read whole? */
export function isSmall({ file, facts }: MatchedEntry): boolean {
  return file.size <= wholeFileBytes && facts.length <= wholeFileBytes;
}

/** A small file's bytes, checked. @throws PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_ENCODING */
export async function decodeWhole(bytes: ArchiveBytes, entry: MatchedEntry): Promise<Uint8Array> {
  const stored = await readWholeEntry(bytes, entry.facts, entry.offset);
  const content = entry.encoding === "identity" ? stored : inflate(bytes.path, entry.file, stored);
  checkContent(bytes.path, entry.file, content.length, hash("sha256", content));
  return content;
}

/** Streams a file's bytes into the sink; they are right only once this returns. @throws as {@link decodeWhole}, CANCELLED */
export async function decodeStream(
  bytes: ArchiveBytes,
  entry: MatchedEntry,
  sink: ByteSink,
  signal?: AbortSignal,
): Promise<void> {
  const { file } = entry;
  const stored = storedBytes(bytes, entry);
  const digest = createHash("sha256");
  let size = 0;
  const take = async (chunk: Uint8Array): Promise<void> => {
    size += chunk.length;
    if (size > file.size) throw tooLong(bytes.path, file);
    const taken = sink(chunk);
    digest.update(chunk);
    await taken;
  };
  if (entry.encoding === "identity") for await (const chunk of stored) await take(chunk);
  else await inflateStream(bytes.path, entry, stored, take, signal);
  checkContent(bytes.path, file, size, digest.digest("hex"));
}

/** An entry's bytes as they are stored, held to header, descriptor and, with the last of them, CRC-32. */
export async function* storedBytes(
  bytes: ArchiveBytes,
  { facts, offset }: MatchedEntry,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (facts.length <= wholeFileBytes) {
    yield await readWholeEntry(bytes, facts, offset);
    return;
  }
  const header = localHeader(facts.name);
  checkHeader(bytes, facts, await bytes.read(offset, header.length));
  const data = offset + header.length;
  checkDescriptor(bytes, facts, await bytes.read(data + facts.length, descriptorBytes));
  let crc = 0;
  for await (const chunk of bytes.stream(data, facts.length)) {
    crc = crc32(chunk, crc);
    yield chunk;
  }
  checkCrc(bytes, facts, crc);
}

function inflate(archive: string, file: ManifestFile, stored: Uint8Array): Uint8Array {
  try {
    const result: unknown = zstdDecompressSync(stored, {
      params,
      info: true,
      chunkSize: Math.max(file.size, 64),
      maxOutputLength: file.size,
    });
    const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
    checkConsumed(archive, file, engine.bytesWritten, stored.length);
    return buffer;
  } catch (error) {
    throw decodingError(archive, file, error);
  }
}

async function inflateStream(
  archive: string,
  { file, facts }: MatchedEntry,
  stored: AsyncIterable<Uint8Array>,
  take: (chunk: Uint8Array) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const decoder = createZstdDecompress({ params, chunkSize: chunkBytes / 4 });
  try {
    await pipeline(
      stored,
      decoder,
      async (decoded: AsyncIterable<Uint8Array>) => {
        for await (const chunk of decoded) await take(chunk);
      },
      signal === undefined ? {} : { signal },
    );
  } catch (error) {
    throw decodingError(archive, file, error);
  }
  checkConsumed(archive, file, decoder.bytesWritten, facts.length);
}

/** One frame and nothing behind it. */
function checkConsumed(
  archive: string,
  { path }: ManifestFile,
  consumed: number,
  stored: number,
): void {
  if (consumed !== stored)
    throw mismatch(archive, `${path} has ${stored - consumed} bytes behind its compressed data`);
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
function decodingError(archive: string, file: ManifestFile, error: unknown): unknown {
  const code = String((error as NodeJS.ErrnoException).code);
  if (code === "ERR_BUFFER_TOO_LARGE") return tooLong(archive, file);
  if (code === "ZSTD_error_frameParameter_windowTooLarge")
    return new OutriderError(
      "PACKAGE_ENCODING",
      `The archive ${archive} holds ${file.path} compressed with a window above 8 MiB; build it with Outrider.`,
      { subject: archive, cause: error },
    );
  if (code.startsWith("ZSTD_") || code.startsWith("Z_"))
    return mismatch(
      archive,
      `${file.path} cannot be decompressed (${(error as Error).message})`,
      error,
    );
  return error;
}
