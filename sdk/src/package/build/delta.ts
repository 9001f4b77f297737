/**
 * One changed file as zstd against its older self. The window covers both, and hash and chain tables as many places as
 * the base has bytes: without that zstd forgets most of the base before it comes to compare. Figures: docs/adr/0015,
 * bench/delta.ts.
 */
import { createHash } from "node:crypto";
import { constants, crc32, createZstdCompress, type ZstdCompress } from "node:zlib";
import { isPlainDictionary, readDictionary } from "../base/dictionary.ts";
import type { BaseRelease } from "../base/release.ts";
import { checkCancelled } from "../cancel.ts";
import { chunkBytes, maxPatchBytes, maxPatchFileBytes } from "../limits.ts";
import { streamThrough } from "../zstd.ts";
import type { PackedFile } from "./pack.ts";
import { changed, type SourceReader } from "./source-reader.ts";
import type { Spool, Spooled } from "./spool.ts";

/** What a delta is made for. */
export interface DeltaOptions {
  readonly spool: Spool;
  /** Of its file in the spool. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
}

/** A delta in the spool. */
export interface StoredDelta {
  readonly stored: Spooled;
  /** CRC-32 of the stored bytes. */
  readonly crc: number;
}

const level = 12;
/** Below, a dictionary is not worth its own table. */
const leastBaseBytes = 64;
const largestLog = 30;

/** Can this file be carried against a base file of this size? */
export function isPatchable({ size }: { readonly size: number }, baseSize: number): boolean {
  return (
    size > 0 &&
    size <= maxPatchFileBytes &&
    baseSize >= leastBaseBytes &&
    baseSize <= maxPatchFileBytes
  );
}

/**
 * Compresses a file against a file of the base.
 *
 * @returns nothing where it does not become shorter than the file's own stored form, or is more than an agent holds.
 * @throws PACKAGE_SOURCE if the file changed since it was packed; PACKAGE_BASE, CANCELLED
 */
export async function storeDelta(
  file: PackedFile,
  source: SourceReader,
  base: BaseRelease,
  baseSha256: string,
  { name, signal, spool }: DeltaOptions,
): Promise<StoredDelta | undefined> {
  const dictionary = await readDictionary(base, baseSha256, file.source, signal);
  if (!isPlainDictionary(dictionary.bytes)) return undefined;
  const engine = compressor(file.size, dictionary.bytes);
  dictionary.free();
  const digest = createHash("sha256");
  const chunks = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of source.stream()) {
      checkCancelled(signal, file.source);
      digest.update(chunk);
      yield chunk;
    }
  };
  const { path, handle } = await spool.create(name);
  let [length, crc] = [0, 0];
  try {
    await streamThrough(engine, chunks(), async (chunk) => {
      length += chunk.length;
      crc = crc32(chunk, crc);
      await handle.write(chunk);
    });
  } finally {
    await handle.close();
  }
  if (digest.digest("hex") !== file.sha256) throw changed(file);
  const isWorthwhile = length < file.stored.length && length <= maxPatchBytes;
  return isWorthwhile ? { stored: { path, position: 0, length }, crc } : undefined;
}

function compressor(size: number, dictionary: Uint8Array): ZstdCompress {
  const tableLog = logOf(dictionary.length);
  return createZstdCompress({
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_windowLog]: logOf(dictionary.length + size),
      [constants.ZSTD_c_hashLog]: tableLog,
      [constants.ZSTD_c_chainLog]: tableLog,
      [constants.ZSTD_c_enableLongDistanceMatching]: 0,
    },
    dictionary,
    pledgedSrcSize: size,
    chunkSize: chunkBytes / 4,
  });
}

/** The power of two that holds so many bytes, as far as zstd has it. */
function logOf(bytes: number): number {
  return Math.min(largestLog, Math.max(10, Math.ceil(Math.log2(bytes))));
}
