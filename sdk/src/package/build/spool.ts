/** Where the stored bytes of entries wait until all lengths are known: the index stands before them in the archive. */
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
  readonly #writers = new Map<string, FileHandle>();
  readonly #readers = new Map<string, ArchiveBytes>();
  #sharedBytes = 0;

  constructor(fileSystem: FileSystem, directory: string) {
    this.#fileSystem = fileSystem;
    this.#directory = directory;
  }

  /** Appends to the file that small entries share; one at a time. */
  async add(bytes: Uint8Array): Promise<Spooled> {
    const path = join(this.#directory, "shared");
    const handle = this.#writers.get(path) ?? (await this.create("shared")).handle;
    const position = this.#sharedBytes;
    this.#sharedBytes += bytes.length;
    await handle.write(bytes);
    return { path, position, length: bytes.length };
  }

  /** Makes a file for one large entry. */
  async create(name: string): Promise<{ path: string; handle: FileHandle }> {
    const path = join(this.#directory, name);
    const handle = await this.#fileSystem.open(path, "replace");
    this.#writers.set(path, handle);
    return { path, handle };
  }

  /** The bytes of a range, each chunk valid until the next is asked for. Quick where ranges follow one another. */
  async *read({ path, position, length }: Spooled): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = this.#readers.get(path) ?? (await this.#open(path));
    if (length <= smallBytes) yield await reader.read(position, length);
    else yield* reader.stream(position, length);
  }

  async close(): Promise<void> {
    for (const handle of [...this.#writers.values(), ...this.#readers.values()])
      await handle.close();
  }

  async #open(path: string): Promise<ArchiveBytes> {
    await this.#writers.get(path)?.close();
    const handle = await this.#fileSystem.open(path, "read");
    const reader = new ArchiveBytes(handle, path, (await handle.stat()).size);
    this.#readers.set(path, reader);
    return reader;
  }
}

const smallBytes = 256 * 1024;
