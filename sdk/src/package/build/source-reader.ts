/** Reads one file that goes into a package, and notices where it is no longer the file that was planned. */
import { OutriderError } from "../../errors/index.ts";
import type { FileHandle, FileSystem } from "../../ports/index.ts";
import { chunkBytes } from "../limits.ts";
import type { PlannedFile } from "./plan.ts";

/** An open source file. */
export class SourceReader {
  readonly file: PlannedFile;
  readonly #handle: FileHandle;

  private constructor(file: PlannedFile, handle: FileHandle) {
    this.file = file;
    this.#handle = handle;
  }

  /** Opens it for as long as `use` takes. @throws PACKAGE_SOURCE if its size is another */
  static async open<T>(
    file: PlannedFile,
    fileSystem: FileSystem,
    use: (source: SourceReader) => Promise<T>,
  ): Promise<T> {
    const handle = await fileSystem.open(file.source, "read");
    try {
      const { kind, size } = await handle.stat();
      if (kind !== "file" || size !== file.size) throw changed(file);
      return await use(new SourceReader(file, handle));
    } finally {
      await handle.close();
    }
  }

  /** Exactly these bytes. @throws PACKAGE_SOURCE */
  async read(position: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    await this.#fill(bytes, position);
    return bytes;
  }

  /** All of them; each chunk is valid until the next is asked for. @throws PACKAGE_SOURCE */
  async *stream(): AsyncGenerator<Uint8Array, void, undefined> {
    const { size } = this.file;
    const buffer = new Uint8Array(chunkBytes);
    for (let done = 0; done < size; done += buffer.length) {
      const chunk = buffer.subarray(0, Math.min(buffer.length, size - done));
      await this.#fill(chunk, done);
      yield chunk;
    }
  }

  async #fill(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const count = await this.#handle.read(bytes.subarray(done), position + done);
      if (count === 0) throw changed(this.file);
      done += count;
    }
  }
}

/** A file that was not the same twice. */
export function changed({ source }: PlannedFile): OutriderError {
  return new OutriderError(
    "PACKAGE_SOURCE",
    `${source} changed while it was packed; build again when nothing writes to it.`,
    { subject: source },
  );
}
