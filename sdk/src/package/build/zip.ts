/**
 * Writes an archive with jszip: stored entries, streamed one after the other, so memory does not grow with them.
 * Why jszip, with which settings and where it ends: docs/adr/0003. The layout it makes is `archive/layout.ts`, and
 * what was written is held to it by reading it back.
 */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import JSZip from "jszip";
import { OutriderError } from "../../errors/index.ts";
import type { FileHandle, FileSystem } from "../../ports/index.ts";
import {
  centralRecord,
  descriptorBytes,
  endBytes,
  entryDate,
  localHeader,
} from "../archive/layout.ts";
import { checkCancelled } from "../file-error.ts";
import { chunkBytes, maxArchiveBytes } from "../limits.ts";

/** One entry to write. */
export interface ZipEntry {
  readonly name: string;
  readonly mode: number;
  /** Bytes that `content` gives. */
  readonly length: number;
  /** Called once, when it is this entry's turn. */
  readonly content: () => AsyncIterable<Uint8Array>;
}

/** An archive that was written. */
export interface WrittenArchive {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

const regularFile = 0o100000;

/**
 * Writes and syncs the file; whoever calls renames it.
 *
 * @throws PACKAGE_LIMIT before the first byte, CANCELLED
 */
export async function writeZip(
  path: string,
  entries: readonly ZipEntry[],
  {
    fileSystem,
    signal,
    onBytes,
  }: {
    readonly fileSystem: FileSystem;
    readonly signal?: AbortSignal | undefined;
    readonly onBytes?: ((bytes: number) => void) | undefined;
  },
): Promise<WrittenArchive> {
  checkSize(path, entries);
  const zip = new JSZip();
  for (const { name, mode, content } of entries)
    zip.file(name, Readable.from(content(), { objectMode: false }), {
      binary: true,
      createFolders: false,
      date: entryDate,
      unixPermissions: regularFile | mode,
    });
  const handle = await fileSystem.open(path, "replace");
  try {
    const written = await writeAll(path, zip, handle, signal, onBytes);
    await handle.sync();
    return written;
  } finally {
    await handle.close();
  }
}

/** jszip gives a chunk per header; they are gathered, so that small entries do not cost a write each. */
async function writeAll(
  path: string,
  zip: JSZip,
  handle: FileHandle,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<WrittenArchive> {
  const stream = zip.generateNodeStream({
    type: "nodebuffer",
    platform: "UNIX",
    compression: "STORE",
    streamFiles: true,
  });
  const digest = createHash("sha256");
  let size = 0;
  let [waiting, waitingBytes] = [[] as Buffer[], 0];
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(waiting, waitingBytes);
    [waiting, waitingBytes] = [[], 0];
    const writing = handle.write(bytes);
    digest.update(bytes);
    size += bytes.length;
    await writing;
    onBytes(bytes.length);
  };
  // jszip's stream is of the kind that came before async iteration.
  for await (const chunk of new Readable().wrap(stream) as AsyncIterable<Buffer>) {
    checkCancelled(signal, path);
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes >= chunkBytes) await flush();
  }
  await flush();
  return { sha256: digest.digest("hex"), size };
}

/** What 32-bit offsets cannot hold is refused now: jszip would write it wrong and say nothing. */
function checkSize(path: string, entries: readonly ZipEntry[]): void {
  let size = endBytes;
  for (const { name, mode, length } of entries)
    size +=
      localHeader(name).length +
      length +
      descriptorBytes +
      centralRecord({ name, mode, length: 0, crc: 0 }, 0).length;
  if (size > maxArchiveBytes)
    throw new OutriderError(
      "PACKAGE_LIMIT",
      `${path} would have ${size} bytes after compression; an archive has at most ${maxArchiveBytes}. Split the package, for example by variant.`,
      { subject: path },
    );
}
