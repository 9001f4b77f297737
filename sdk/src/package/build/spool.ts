/**
 * Where the stored bytes of entries wait until all lengths are known: the index stands before them in the archive.
 * Small entries share a file, in the order of the archive; a large one has its own.
 */
import { join } from "node:path";
import type { FileHandle, FileSystem } from "../../ports/index.ts";
import { ArchiveBytes } from "../archive/bytes.ts";

/** A range of a spool file. */
export interface Spooled {
  readonly path: string;
  readonly position: number;
  /** Bytes. */
  readonly length: number;
}

/** Temporary files in a folder that the caller makes and removes. */
export class Spool {
  readonly #fileSystem: FileSystem;
  readonly #directory: string;
  readonly #sharedPath: string;
  #sharedWriter: FileHandle | undefined;
  #sharedReader: ArchiveBytes | undefined;
  #sharedBytes = 0;

  constructor(fileSystem: FileSystem, directory: string) {
    this.#fileSystem = fileSystem;
    this.#directory = directory;
    this.#sharedPath = join(directory, "shared");
  }

  /** Appends to the shared file; one call at a time, and none after the first `read`. */
  async add(bytes: Uint8Array): Promise<Spooled> {
    this.#sharedWriter ??= await this.#fileSystem.open(this.#sharedPath, "create");
    const position = this.#sharedBytes;
    this.#sharedBytes += bytes.length;
    await this.#sharedWriter.write(bytes);
    return { path: this.#sharedPath, position, length: bytes.length };
  }

  /** Makes (or empties) the file of a large entry; whoever calls closes it. */
  async create(name: string): Promise<{ path: string; handle: FileHandle }> {
    const path = join(this.#directory, `${name}.large`);
    return { path, handle: await this.#fileSystem.open(path, "replace") };
  }

  /** The bytes of a range, each chunk valid until the next is asked for. */
  async *read({ path, position, length }: Spooled): AsyncGenerator<Uint8Array, void, undefined> {
    if (path !== this.#sharedPath) yield* this.#readLarge(path, length);
    else {
      this.#sharedReader ??= await this.#open(path);
      yield await this.#sharedReader.read(position, length);
    }
  }

  async close(): Promise<void> {
    await this.#sharedWriter?.close();
    await this.#sharedReader?.close();
  }

  async *#readLarge(path: string, length: number): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = await this.#open(path);
    try {
      yield* reader.stream(0, length);
    } finally {
      await reader.close();
    }
  }

  async #open(path: string): Promise<ArchiveBytes> {
    const handle = await this.#fileSystem.open(path, "read");
    return new ArchiveBytes(handle, path, (await handle.stat()).size);
  }
}
