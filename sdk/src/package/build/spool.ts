/** Where the stored bytes of entries wait until all lengths are known: the index stands before them in the archive. */
import { join } from "node:path";
import type { FileHandle, FileSystem } from "../../ports/index.ts";
import { chunkBytes } from "../limits.ts";

/** A range of a spool file. */
export interface Spooled {
  readonly path: string;
  readonly position: number;
  /** Bytes. */
  readonly length: number;
}

/** Temporary files in a folder that the caller removes. */
export class Spool {
  readonly #fileSystem: FileSystem;
  readonly #directory: string;
  readonly #readers = new Map<string, FileHandle>();
  #small: Promise<FileHandle> | undefined;
  #smallBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #large = 0;

  constructor(fileSystem: FileSystem, directory: string) {
    this.#fileSystem = fileSystem;
    this.#directory = directory;
  }

  /** Appends to the file that small entries share. */
  async add(bytes: Uint8Array): Promise<Spooled> {
    const path = join(this.#directory, "small.spool");
    const position = this.#smallBytes;
    this.#smallBytes += bytes.length;
    this.#small ??= this.#fileSystem.open(path, "create");
    const handle = await this.#small;
    this.#writing = this.#writing.then(() => handle.write(bytes));
    await this.#writing;
    return { path, position, length: bytes.length };
  }

  /** Makes a file of its own for a large entry. */
  async create(): Promise<{ path: string; handle: FileHandle }> {
    const path = join(this.#directory, `large-${this.#large++}.spool`);
    return { path, handle: await this.#fileSystem.open(path, "create") };
  }

  /** The bytes of a range, in chunks. */
  async *read({ path, position, length }: Spooled): AsyncGenerator<Uint8Array, void, undefined> {
    const handle = await this.#reader(path);
    for (let done = 0; done < length;) {
      const buffer = new Uint8Array(Math.min(chunkBytes, length - done));
      const count = await handle.read(buffer, position + done);
      if (count === 0) throw new Error(`${path} shrank while it was read`);
      yield buffer.subarray(0, count);
      done += count;
    }
  }

  async close(): Promise<void> {
    const small = await this.#small;
    await Promise.all([
      small?.close(),
      ...[...this.#readers.values()].map((reader) => reader.close()),
    ]);
  }

  async #reader(path: string): Promise<FileHandle> {
    let reader = this.#readers.get(path);
    if (reader === undefined)
      this.#readers.set(path, (reader = await this.#fileSystem.open(path, "read")));
    return reader;
  }
}
