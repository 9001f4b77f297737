/**
 * Puts every planned file into the spool: large files first, side by side, each in a file of its own; then small ones,
 * compressed side by side and laid down in the order of the archive.
 */
import { crc32 } from "node:zlib";
import type { FileSystem } from "../../ports/index.ts";
import { checkCancelled } from "../cancel.ts";
import { inLanes } from "../parallel.ts";
import type { PlannedFile } from "./plan.ts";
import { SourceReader } from "./source-reader.ts";
import type { Spool } from "./spool.ts";
import { encodeWhole, isWhole, storeLarge, type StoredFile, type StoreOptions } from "./store.ts";

/** How to pack. */
export interface PackOptions {
  readonly level: number;
  /** Files compressed at the same time. */
  readonly threads: number;
  readonly fileSystem: FileSystem;
  readonly signal?: AbortSignal | undefined;
  /** Called with the source bytes read so far. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
}

/** A planned file and its stored form. */
export interface PackedFile extends PlannedFile, StoredFile {}

/** @returns the files in the order given. @throws PACKAGE_SOURCE, CANCELLED */
export async function packFiles(
  files: readonly PlannedFile[],
  spool: Spool,
  { fileSystem, level, onProgress, signal, threads }: PackOptions,
): Promise<PackedFile[]> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const options: StoreOptions = {
    level,
    signal,
    onBytes: (bytes) => onProgress?.((done += bytes), total),
  };
  const packed: PackedFile[] = [];
  const places = [...files.entries()];

  const large = places.filter(([, file]) => !isWhole(file));
  await inLanes(threads, async (start) => {
    for (const [place, file] of large.toSorted(([, left], [, right]) => right.size - left.size)) {
      checkCancelled(signal, file.source);
      await start(async () => {
        const stored = await SourceReader.open(file, fileSystem, (source) =>
          storeLarge(source, spool, String(place), options),
        );
        packed[place] = { ...file, ...stored };
      });
    }
  });

  let turn = Promise.resolve();
  // One more than threads: while one reads or waits for its turn, the others compress.
  await inLanes(threads + 1, async (start) => {
    for (const [place, file] of places.filter(([, file]) => isWhole(file))) {
      checkCancelled(signal, file.source);
      const before = turn;
      const { promise, resolve } = Promise.withResolvers<void>();
      turn = promise;
      await start(async () => {
        try {
          const { bytes, ...encoded } = await SourceReader.open(file, fileSystem, (source) =>
            encodeWhole(source, options),
          );
          await before;
          packed[place] = {
            ...file,
            ...encoded,
            stored: await spool.add(bytes),
            crc: crc32(bytes),
          };
        } finally {
          resolve();
        }
      });
    }
  });
  return packed;
}
