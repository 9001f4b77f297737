/**
 * The bytes of one archive, read through one handle that stays open: what was checked is what is read (THREATS P3).
 * Reads come from a window, so that thousands of small entries do not cost a system call each. A window's buffer is
 * never used again: what was handed out stays as it was.
 */
import { OutriderError } from "../../errors/index.ts";
import type { FileHandle } from "../../ports/index.ts";
import { chunkBytes } from "../limits.ts";

/** Random access to an archive's bytes. */
export class ArchiveBytes {
  readonly path: string;
  readonly size: number;
  readonly #handle: FileHandle;
  #window: Uint8Array = new Uint8Array(0);
  #start = 0;

  constructor(handle: FileHandle, path: string, size: number) {
    this.#handle = handle;
    this.path = path;
    this.size = size;
  }

  /** Exactly these bytes. @throws PACKAGE_MALFORMED where the archive ends before */
  async read(position: number, length: number): Promise<Uint8Array> {
    const end = position + length;
    if (end > this.size) throw malformed(this.path, "it ends too early");
    if (position < this.#start || end > this.#start + this.#window.length) {
      this.#window = await this.#load(
        position,
        Math.min(Math.max(length, chunkBytes), this.size - position),
      );
      this.#start = position;
    }
    return this.#window.subarray(position - this.#start, end - this.#start);
  }

  /** The bytes of a range, in chunks. @throws PACKAGE_MALFORMED */
  async *stream(position: number, length: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let done = 0; done < length;) {
      const chunk = await this.#load(position + done, Math.min(chunkBytes, length - done));
      yield chunk;
      done += chunk.length;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #load(position: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const count = await this.#handle.read(bytes.subarray(done), position + done);
      if (count === 0) throw malformed(this.path, "it shrank while it was read");
      done += count;
    }
    return bytes;
  }
}

/** The archive is not of the strict form. */
export function malformed(path: string, what: string, cause?: unknown): OutriderError {
  return new OutriderError(
    "PACKAGE_MALFORMED",
    `The archive ${path} is not of the strict form: ${what}. Get an unaltered copy.`,
    {
      subject: path,
      cause,
    },
  );
}

/** The archive does not hold what the manifest lists. */
export function mismatch(path: string, what: string, cause?: unknown): OutriderError {
  return new OutriderError(
    "PACKAGE_MISMATCH",
    `The archive ${path} does not hold what its manifest lists: ${what}. Get an unaltered copy.`,
    {
      subject: path,
      cause,
    },
  );
}
