/**
 * The bytes of one file, read through one handle that stays open: what was checked is what is read (THREATS P3).
 * Small reads come from a window, so that thousands of small entries do not cost a system call each. What is handed out
 * is valid until the next read: whoever keeps it copies it. So memory does not grow with the archive.
 */
import { OutriderError, say, type Sentence } from "../../errors/index.ts";
import type { FileHandle } from "../../ports/index.ts";
import { chunkBytes } from "../limits.ts";

const windowBytes = chunkBytes / 4;

/** Random access to a file's bytes. */
export class ArchiveBytes {
  readonly path: string;
  readonly size: number;
  readonly #handle: FileHandle;
  #buffer: Uint8Array = new Uint8Array(0);
  /** What of the file is in the buffer. */
  #window = { start: 0, end: 0 };

  constructor(handle: FileHandle, path: string, size: number) {
    this.#handle = handle;
    this.path = path;
    this.size = size;
  }

  /** The same bytes for a second reader, whose reads are its own; the file is closed with the first. */
  another(): ArchiveBytes {
    return new ArchiveBytes(this.#handle, this.path, this.size);
  }

  /** Exactly these bytes, valid until the next read. @throws PACKAGE_MALFORMED where the file ends before */
  async read(position: number, length: number): Promise<Uint8Array> {
    const end = position + length;
    if (end > this.size) throw malformed(this.path, say("it ends too early"));
    if (position < this.#window.start || end > this.#window.end) {
      const wanted = Math.min(Math.max(length, windowBytes), this.size - position);
      if (this.#buffer.length < wanted) this.#buffer = new Uint8Array(wanted);
      this.#window = { start: position, end: position }; // nothing, should reading fail
      await this.#fill(this.#buffer.subarray(0, wanted), position);
      this.#window = { start: position, end: position + wanted };
    }
    const { start } = this.#window;
    return this.#buffer.subarray(position - start, end - start);
  }

  /** The bytes of a range; each chunk is valid until the next is asked for. @throws PACKAGE_MALFORMED */
  async *stream(position: number, length: number): AsyncGenerator<Uint8Array, void, undefined> {
    const buffer = new Uint8Array(Math.min(chunkBytes, length));
    for (let done = 0; done < length; done += buffer.length) {
      const chunk = buffer.subarray(0, Math.min(buffer.length, length - done));
      await this.#fill(chunk, position + done);
      yield chunk;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #fill(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const count = await this.#handle.read(bytes.subarray(done), position + done);
      if (count === 0) throw malformed(this.path, say("it shrank while it was read"));
      done += count;
    }
  }
}

/** The archive is not of the strict form. */
export function malformed(path: string, what: Sentence, cause?: unknown): OutriderError {
  return new OutriderError(
    "PACKAGE_MALFORMED",
    say("The archive {0} is not of the strict form: {1}. Get an unaltered copy.", path, what),
    { subject: path, cause },
  );
}

/** The archive does not hold what the manifest lists. */
export function mismatch(path: string, what: Sentence, cause?: unknown): OutriderError {
  return new OutriderError(
    "PACKAGE_MISMATCH",
    say(
      "The archive {0} does not hold what its manifest lists: {1}. Get an unaltered copy.",
      path,
      what,
    ),
    { subject: path, cause },
  );
}
