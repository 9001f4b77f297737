/**
 * Puts every planned file into the spool: large files first, side by side, each in a file of its own; then small ones,
 * compressed side by side and laid down in the order of the archive.
 */
import { crc32 } from "node:zlib";
import type { FileSystem } from "../../ports/index.ts";
import { checkCancelled } from "../cancel.ts";
import { Lanes } from "../parallel.ts";
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
  const places = [...files.entries()];
  const packed: PackedFile[] = [];

  const large = places
    .filter(([, file]) => !isWhole(file))
    .sort(([, left], [, right]) => right.size - left.size);
  await inLanes(threads, large, async ([place, file]) => {
    checkCancelled(signal, file.source);
    const stored = await SourceReader.open(file, fileSystem, (source) =>
      storeLarge(source, spool, String(place), options),
    );
    packed[place] = { ...file, ...stored };
  });

  let turn = Promise.resolve();
  const small = places.filter(([, file]) => isWhole(file));
  // Twice as many as threads: while one waits for its turn or the disk, others compress.
  await inLanes(threads * 2, small, async ([place, file]) => {
    checkCancelled(signal, file.source);
    const before = turn;
    let done: () => void = () => undefined;
    turn = new Promise((resolve) => (done = resolve));
    try {
      const { bytes, ...encoded } = await SourceReader.open(file, fileSystem, (source) =>
        encodeWhole(source, options),
      );
      await before;
      packed[place] = { ...file, ...encoded, stored: await spool.add(bytes), crc: crc32(bytes) };
    } finally {
      done();
    }
  });
  return packed;
}

async function inLanes<T>(
  width: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const lanes = new Lanes(width);
  try {
    for (const item of items) await lanes.start(() => work(item));
    await lanes.finish();
  } finally {
    await lanes.settle();
  }
}
