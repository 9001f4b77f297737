/**
 * From stored bytes to a file's bytes. Decoding stops at the signed size and must end at the signed SHA-256, so a bomb
 * costs what the manifest allows and the index needs no signature (DESIGN 4). Of a small file nothing is given out
 * before it was checked; of a large one it is, into a place that nobody looks at before the end.
 */
import { createHash, hash } from "node:crypto";
import type { ZstdDecompress } from "node:zlib";
import { say, type OutriderError } from "../../errors/index.ts";
import type { ManifestFile } from "../../schema/index.ts";
import { readDictionary } from "../base/dictionary.ts";
import { baseError, type BaseRelease } from "../base/release.ts";
import { checkCancelled } from "../cancel.ts";
import { wholeFileBytes } from "../limits.ts";
import type { ByteSink } from "../zstd.ts";
import { mismatch, type ArchiveBytes } from "./bytes.ts";
import type { LocatedEntry } from "./directory.ts";
import { readStored, streamStored } from "./entry.ts";
import { inflateEngine, inflateStream, inflateWhole } from "./inflate.ts";
import type { MatchedEntry, PatchedFile } from "./match.ts";

/** What decoding takes. */
export interface DecodeOptions {
  /** For what a patch takes from it. */
  readonly base?: BaseRelease | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Is the file small enough to be read whole? */
export function isSmall({ file, stored }: MatchedEntry): boolean {
  return file.size <= wholeFileBytes && (stored === undefined || stored.length <= wholeFileBytes);
}

/** A small file's bytes, checked. @throws PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_ENCODING, PACKAGE_BASE */
export async function decodeWhole(
  bytes: ArchiveBytes,
  entry: MatchedEntry,
  options: DecodeOptions = {},
): Promise<Uint8Array> {
  const content = await readWhole(bytes, entry, options);
  checkContent(bytes.path, entry.file, content.length, hash("sha256", content));
  return content;
}

/** Streams a file's bytes; they are right only once this returns. @throws as {@link decodeWhole}, CANCELLED */
export async function decodeStream(
  bytes: ArchiveBytes,
  entry: MatchedEntry,
  sink: ByteSink,
  options: DecodeOptions = {},
): Promise<void> {
  const { file } = entry;
  const digest = createHash("sha256");
  let size = 0;
  const take = async (chunk: Uint8Array): Promise<void> => {
    checkCancelled(options.signal, bytes.path);
    size += chunk.length;
    if (size > file.size) throw tooLong(bytes.path, file);
    const taken = sink(chunk);
    digest.update(chunk);
    await taken;
  };
  await readStream(bytes, entry, take, options);
  checkContent(bytes.path, file, size, digest.digest("hex"));
}

async function readWhole(
  bytes: ArchiveBytes,
  entry: MatchedEntry,
  options: DecodeOptions,
): Promise<Uint8Array> {
  const { file } = entry;
  switch (entry.encoding) {
    case "identity":
      return new Uint8Array(await readStored(bytes, entry.stored));
    case "zstd":
      return inflateWhole(bytes.path, file, await readStored(bytes, entry.stored));
    case "zstd-patch": {
      const dictionary = await dictionaryOf(bytes, entry.base, options);
      const stored = await readStored(bytes, entry.stored);
      return inflateWhole(bytes.path, file, stored, dictionary.bytes);
    }
    case "same":
      checkShared(bytes, file, options);
      return (await dictionaryOf(bytes, file.sha256, options)).bytes;
  }
}

async function readStream(
  bytes: ArchiveBytes,
  entry: MatchedEntry,
  take: ByteSink,
  options: DecodeOptions,
): Promise<void> {
  const { file } = entry;
  if (entry.encoding === "same") {
    checkShared(bytes, file, options);
    return requireBase(bytes, options).read(file.sha256, take, options.signal);
  }
  const { length } = entry.stored;
  if (entry.encoding === "identity") {
    for await (const chunk of streamStored(bytes, entry.stored)) await take(chunk);
    return;
  }
  const isPatch = "base" in entry;
  const engine = isPatch ? await patchEngine(bytes, entry, options) : inflateEngine(file);
  const chunks = isPatch ? atOnce(bytes, entry.stored) : streamStored(bytes, entry.stored);
  await inflateStream(bytes.path, file, { chunks, length }, engine, take);
}

/** All stored bytes in one chunk, for the reason at `inflateEngine`. */
async function* atOnce(
  bytes: ArchiveBytes,
  stored: LocatedEntry,
): AsyncGenerator<Uint8Array, void, undefined> {
  const whole = new Uint8Array(stored.length);
  let at = 0;
  for await (const chunk of streamStored(bytes, stored)) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  yield whole;
}

async function patchEngine(
  bytes: ArchiveBytes,
  { base, file }: PatchedFile,
  options: DecodeOptions,
): Promise<ZstdDecompress> {
  const dictionary = await dictionaryOf(bytes, base, options);
  try {
    return inflateEngine(file, dictionary.bytes);
  } finally {
    dictionary.free();
  }
}

async function dictionaryOf(
  bytes: ArchiveBytes,
  sha256: string,
  options: DecodeOptions,
): ReturnType<typeof readDictionary> {
  return readDictionary(requireBase(bytes, options), sha256, bytes.path, options.signal);
}

/** Before a byte of it is read: what the manifest says of a file must be what its base says. */
function checkShared(
  bytes: ArchiveBytes,
  { path, sha256, size }: ManifestFile,
  options: DecodeOptions,
): void {
  const found = requireBase(bytes, options).sizeOf(sha256);
  if (found === undefined)
    throw baseError(bytes.path, `it takes ${path} from its base release, which does not have it`);
  if (found !== size)
    throw mismatch(
      bytes.path,
      say("{0} has {1} bytes in its base and must have {2}", path, found, size),
    );
}

function requireBase({ path }: ArchiveBytes, { base }: DecodeOptions): BaseRelease {
  if (base === undefined) throw baseError(path, "it is a patch, and no release is at hand");
  return base;
}

function checkContent(
  archive: string,
  { path, size, sha256 }: ManifestFile,
  foundSize: number,
  foundSha256: string,
): void {
  if (foundSize !== size)
    throw mismatch(archive, say("{0} has {1} bytes and must have {2}", path, foundSize, size));
  if (foundSha256 !== sha256)
    throw mismatch(
      archive,
      say("{0} has the SHA-256 {1} and must have {2}", path, foundSha256, sha256),
    );
}

function tooLong(archive: string, { path, size }: ManifestFile): OutriderError {
  return mismatch(archive, say("{0} has more than the {1} bytes it must have", path, size));
}
