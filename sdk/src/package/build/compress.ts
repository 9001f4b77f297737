/**
 * How a file is stored: as it is, or as one zstd frame where that is shorter. The bytes depend on the file and the
 * level; never on threads, order or time. Small files are read whole, large ones streamed.
 */
import { createHash, hash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import {
  constants,
  createZstdCompress,
  zstdCompress,
  zstdCompressSync,
  type ZstdOptions,
} from "node:zlib";
import { OutriderError } from "../../errors/index.ts";
import type { FileHandle, FileSystem } from "../../ports/index.ts";
import { chunkBytes, wholeFileBytes } from "../limits.ts";
import type { PlannedFile } from "./plan.ts";
import type { Spool, Spooled } from "./spool.ts";

/** A file whose stored form is in the spool. */
export interface StoredFile {
  readonly size: number;
  readonly sha256: string;
  readonly encoding: "identity" | "zstd";
  readonly stored: Spooled;
}

/** How to compress. */
export interface CompressOptions {
  readonly level: number;
  readonly threads: number;
  readonly fileSystem: FileSystem;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of each step. */
  readonly onBytes: (bytes: number) => void;
}

const compressWhole = promisify<Uint8Array, ZstdOptions, Buffer>(zstdCompress);
const samples = 8;
const sampleBytes = 64 * 1024;
/** A large file is compressed only where samples of it shrink by 2 %. */
const worthwhile = 0.98;

/** Is the file read whole? */
export function isWhole(file: PlannedFile): boolean {
  return file.size <= wholeFileBytes;
}

/** Reads the file, hashes it, and leaves its shorter form in the spool. @throws PACKAGE_SOURCE if it changes meanwhile */
export async function storeFile(
  file: PlannedFile,
  spool: Spool,
  options: CompressOptions,
): Promise<StoredFile> {
  const handle = await options.fileSystem.open(file.source, "read");
  try {
    const { size } = await handle.stat();
    if (size !== file.size) throw changed(file);
    if (isWhole(file))
      return await storeWhole(file, await readRange(file, handle, 0, size), spool, options);
    if (await shrinks(file, handle)) {
      const compressed = await storeCompressed(file, handle, spool, options);
      if (compressed !== undefined) return compressed;
    }
    return await storeIdentity(file, handle, spool, options);
  } finally {
    await handle.close();
  }
}

async function storeWhole(
  file: PlannedFile,
  content: Uint8Array,
  spool: Spool,
  options: CompressOptions,
): Promise<StoredFile> {
  const { size } = file;
  const sha256 = hash("sha256", content);
  options.onBytes(size);
  if (size > 0) {
    const compressed = await compressWhole(content, {
      params: { [constants.ZSTD_c_compressionLevel]: options.level },
      chunkSize: size + 1024, // one call, one buffer
    });
    if (compressed.length < size)
      return { size, sha256, encoding: "zstd", stored: await spool.add(compressed) };
  }
  return { size, sha256, encoding: "identity", stored: await spool.add(content) };
}

/** @returns undefined if it came out no shorter. */
async function storeCompressed(
  file: PlannedFile,
  handle: FileHandle,
  spool: Spool,
  options: CompressOptions,
): Promise<StoredFile | undefined> {
  const digest = createHash("sha256");
  const target = await spool.create();
  let length = 0;
  try {
    await pipeline(
      readAll(file, handle, (chunk) => {
        digest.update(chunk);
        options.onBytes(chunk.length);
      }),
      createZstdCompress({
        params: {
          [constants.ZSTD_c_compressionLevel]: options.level,
          // Always at least one: with workers, zstd cuts its jobs the same whatever their number.
          [constants.ZSTD_c_nbWorkers]: Math.max(1, options.threads),
        },
        pledgedSrcSize: file.size,
        chunkSize: chunkBytes / 4,
      }),
      async (compressed: AsyncIterable<Uint8Array>) => {
        for await (const chunk of compressed) {
          length += chunk.length;
          await target.handle.write(chunk);
        }
      },
      options.signal === undefined ? {} : { signal: options.signal },
    );
  } finally {
    await target.handle.close();
  }
  if (length >= file.size) {
    options.onBytes(-file.size); // it is read again
    return undefined;
  }
  const stored = { path: target.path, position: 0, length };
  return { size: file.size, sha256: digest.digest("hex"), encoding: "zstd", stored };
}

async function storeIdentity(
  file: PlannedFile,
  handle: FileHandle,
  spool: Spool,
  options: CompressOptions,
): Promise<StoredFile> {
  const digest = createHash("sha256");
  const target = await spool.create();
  try {
    for await (const chunk of readAll(file, handle)) {
      const writing = target.handle.write(chunk);
      digest.update(chunk);
      options.onBytes(chunk.length);
      await writing;
    }
  } finally {
    await target.handle.close();
  }
  const stored = { path: target.path, position: 0, length: file.size };
  return { size: file.size, sha256: digest.digest("hex"), encoding: "identity", stored };
}

/** A guess from samples spread over the file, so that a film is not compressed in vain. */
async function shrinks(file: PlannedFile, handle: FileHandle): Promise<boolean> {
  let [before, after] = [0, 0];
  for (let sample = 0; sample < samples; sample++) {
    const position = Math.floor(((file.size - sampleBytes) * sample) / (samples - 1));
    const content = await readRange(file, handle, position, sampleBytes);
    before += content.length;
    after += zstdCompressSync(content, {
      params: { [constants.ZSTD_c_compressionLevel]: 3 },
    }).length;
  }
  return after < before * worthwhile;
}

async function* readAll(
  file: PlannedFile,
  handle: FileHandle,
  onChunk: (chunk: Uint8Array) => void = () => undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let done = 0; done < file.size;) {
    const chunk = await readRange(file, handle, done, Math.min(chunkBytes, file.size - done));
    onChunk(chunk);
    yield chunk;
    done += chunk.length;
  }
}

async function readRange(
  file: PlannedFile,
  handle: FileHandle,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const count = await handle.read(bytes.subarray(done), position + done);
    if (count === 0) throw changed(file);
    done += count;
  }
  return bytes;
}

function changed({ source }: PlannedFile): OutriderError {
  return new OutriderError(
    "PACKAGE_SOURCE",
    `${source} changed while it was packed; build again when nothing writes to it.`,
    {
      subject: source,
    },
  );
}
