/**
 * How a file is stored: as it is, or as one zstd frame where that is shorter. The bytes depend on the file and the
 * level; never on threads, order or time. Small files are read whole, large ones streamed.
 */
import { createHash, hash } from "node:crypto";
import { promisify } from "node:util";
import {
  constants,
  crc32,
  createZstdCompress,
  zstdCompress,
  zstdCompressSync,
  type ZstdOptions,
} from "node:zlib";
import type { CarriedFile } from "../archive/match.ts";
import { checkCancelled } from "../cancel.ts";
import { chunkBytes, wholeFileBytes } from "../limits.ts";
import { streamThrough } from "../zstd.ts";
import type { PlannedFile } from "./plan.ts";
import type { SourceReader } from "./source-reader.ts";
import type { Spool, Spooled } from "./spool.ts";

/** A file whose stored form is in the spool. */
export interface StoredFile {
  readonly sha256: string;
  readonly encoding: CarriedFile["encoding"];
  readonly stored: Spooled;
  /** CRC-32 of the stored bytes. */
  readonly crc: number;
}

/** A small file's shorter form, not yet in the spool. */
export interface EncodedFile {
  readonly sha256: string;
  readonly encoding: CarriedFile["encoding"];
  readonly bytes: Uint8Array;
}

/** How to compress, and who wants to know. */
export interface StoreOptions {
  readonly level: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of each step; negative where a file is read again. */
  readonly onBytes: (bytes: number) => void;
}

const compress = promisify<Uint8Array, ZstdOptions, Buffer>(zstdCompress);
const samples = 8;
const sampleBytes = 64 * 1024;
/** A large file is compressed only where samples of it shrink by 2 %. */
const worthwhile = 0.98;

/** Is the file read whole? */
export function isWhole({ size }: PlannedFile): boolean {
  return size <= wholeFileBytes;
}

/** Compresses a small file. @throws PACKAGE_SOURCE if it changed since it was planned */
export async function encodeWhole(
  source: SourceReader,
  { level, onBytes }: StoreOptions,
): Promise<EncodedFile> {
  const content = await source.read(0, source.file.size);
  const sha256 = hash("sha256", content);
  onBytes(content.length);
  if (content.length === 0) return { sha256, encoding: "identity", bytes: content };
  const compressed = await compress(content, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    chunkSize: content.length + 1024, // one call, one buffer
  });
  return compressed.length < content.length
    ? { sha256, encoding: "zstd", bytes: compressed }
    : { sha256, encoding: "identity", bytes: content };
}

/** Streams a large file into a spool file of this name. @throws PACKAGE_SOURCE if it changes meanwhile, CANCELLED */
export async function storeLarge(
  source: SourceReader,
  spool: Spool,
  name: string,
  options: StoreOptions,
): Promise<StoredFile> {
  if (await shrinks(source)) {
    const stored = await writeLarge(source, spool, name, "zstd", options);
    if (stored.stored.length < source.file.size) return stored;
    options.onBytes(-source.file.size);
  }
  return writeLarge(source, spool, name, "identity", options);
}

async function writeLarge(
  source: SourceReader,
  spool: Spool,
  name: string,
  encoding: CarriedFile["encoding"],
  { level, signal, onBytes }: StoreOptions,
): Promise<StoredFile> {
  const digest = createHash("sha256");
  const { path, handle } = await spool.create(name);
  let [length, crc] = [0, 0];
  const chunks = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of source.stream()) {
      checkCancelled(signal, source.file.source);
      digest.update(chunk);
      onBytes(chunk.length);
      yield chunk;
    }
  };
  const write = async (chunk: Uint8Array): Promise<void> => {
    length += chunk.length;
    crc = crc32(chunk, crc);
    await handle.write(chunk);
  };
  try {
    if (encoding === "identity") for await (const chunk of chunks()) await write(chunk);
    else await streamThrough(compressor(level, source.file.size), chunks(), write);
  } finally {
    await handle.close();
  }
  return { sha256: digest.digest("hex"), encoding, stored: { path, position: 0, length }, crc };
}

function compressor(level: number, size: number): ReturnType<typeof createZstdCompress> {
  return createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: level },
    pledgedSrcSize: size,
    chunkSize: chunkBytes / 4,
  });
}

/** A guess from samples spread over the file, so that a film is not compressed in vain. */
async function shrinks(source: SourceReader): Promise<boolean> {
  let [before, after] = [0, 0];
  for (let sample = 0; sample < samples; sample++) {
    const position = Math.floor(((source.file.size - sampleBytes) * sample) / (samples - 1));
    const content = await source.read(position, sampleBytes);
    before += content.length;
    after += zstdCompressSync(content).length;
  }
  return after < before * worthwhile;
}
