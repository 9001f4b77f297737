/**
 * Writes an archive in the one layout it can have (`archive/layout.ts`), in one pass and with flat memory, whatever
 * the number and the size of its entries. Why not jszip: docs/adr/0003.
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { OutriderError } from "../../errors/index.ts";
import type { FileHandle, FileSystem } from "../../ports/index.ts";
import type { ArchiveIndex } from "../../schema/index.ts";
import {
  centralRecord,
  centralRecordBytes,
  endBytes,
  endRecord,
  localHeader,
  localHeaderBytes,
  type EntryFacts,
} from "../archive/layout.ts";
import { checkCancelled } from "../cancel.ts";
import { chunkBytes, headNames, maxArchiveBytes } from "../limits.ts";

/** One entry to write. */
export interface NewEntry extends EntryFacts {
  /** Its stored bytes, asked for when it is its turn; each chunk is valid until the next is asked for. */
  readonly content: () => AsyncIterable<Uint8Array>;
}

/** An archive that was written. */
export interface WrittenArchive {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** What writing takes. */
export interface WriteOptions {
  readonly fileSystem: FileSystem;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes written so far. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
}

/** The entries before the files. */
export function headEntries(
  manifest: Uint8Array,
  signatures: string,
  index: ArchiveIndex,
): NewEntry[] {
  const contents = [manifest, Buffer.from(signatures), Buffer.from(`${JSON.stringify(index)}\n`)];
  return contents.map((bytes, place) => ({
    name: headNames[place] ?? "",
    mode: 0o644,
    length: bytes.length,
    crc: crc32(bytes),
    content: async function* () {
      yield bytes;
    },
  }));
}

/**
 * Writes and syncs a new file; whoever calls gives it its name.
 *
 * @throws PACKAGE_LIMIT before the first byte, PACKAGE_MALFORMED where content is not what its facts say, CANCELLED
 */
export async function writeArchive(
  path: string,
  entries: readonly NewEntry[],
  { fileSystem, signal, onProgress }: WriteOptions,
): Promise<WrittenArchive> {
  const total = sizeOf(path, entries);
  const handle = await fileSystem.open(path, "create");
  try {
    const writer = new Writer(handle, (bytes) => onProgress?.(bytes, total));
    const offsets: number[] = [];
    for (const entry of entries) {
      checkCancelled(signal, path);
      offsets.push(writer.size);
      await writeEntry(path, entry, writer, signal);
    }
    const directory = writer.size;
    for (const [place, entry] of entries.entries())
      await writer.write(centralRecord(entry, offsets[place] ?? 0));
    await writer.write(endRecord(entries.length, writer.size - directory, directory));
    const written = await writer.finish();
    await handle.sync();
    return written;
  } finally {
    await handle.close();
  }
}

async function writeEntry(
  path: string,
  entry: NewEntry,
  writer: Writer,
  signal: AbortSignal | undefined,
): Promise<void> {
  await writer.write(localHeader(entry));
  let [length, crc] = [0, 0];
  for await (const chunk of entry.content()) {
    checkCancelled(signal, path);
    length += chunk.length;
    crc = crc32(chunk, crc);
    await writer.write(chunk);
  }
  if (length !== entry.length || crc !== entry.crc)
    throw new OutriderError(
      "PACKAGE_MALFORMED",
      `${entry.name} changed on its way into ${path}; check the disk.`,
      {
        subject: path,
      },
    );
}

/** What 32-bit offsets cannot hold is refused before it is written. */
function sizeOf(path: string, entries: readonly NewEntry[]): number {
  let size = endBytes;
  for (const { name, length } of entries)
    size += localHeaderBytes(name) + length + centralRecordBytes(name);
  if (size > maxArchiveBytes)
    throw new OutriderError(
      "PACKAGE_LIMIT",
      `${path} would have ${size} bytes after compression; an archive has at most ${maxArchiveBytes}. Split the package.`,
      { subject: path },
    );
  return size;
}

/** Gathers small writes into one buffer, and hashes what it writes. */
class Writer {
  size = 0;
  readonly #handle: FileHandle;
  readonly #onProgress: (bytes: number) => void;
  readonly #digest = createHash("sha256");
  readonly #buffer = new Uint8Array(chunkBytes);
  #waiting = 0;

  constructor(handle: FileHandle, onProgress: (bytes: number) => void) {
    this.#handle = handle;
    this.#onProgress = onProgress;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.size += bytes.length;
    if (this.#waiting + bytes.length > this.#buffer.length) await this.#flush();
    if (bytes.length > this.#buffer.length) return this.#put(bytes);
    this.#buffer.set(bytes, this.#waiting);
    this.#waiting += bytes.length;
  }

  async finish(): Promise<WrittenArchive> {
    await this.#flush();
    return { sha256: this.#digest.digest("hex"), size: this.size };
  }

  async #flush(): Promise<void> {
    const bytes = this.#buffer.subarray(0, this.#waiting);
    this.#waiting = 0;
    await this.#put(bytes);
    this.#onProgress(this.size);
  }

  async #put(bytes: Uint8Array): Promise<void> {
    const writing = this.#handle.write(bytes);
    this.#digest.update(bytes);
    await writing;
  }
}
