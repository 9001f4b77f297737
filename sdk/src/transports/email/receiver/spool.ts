/** A private directory for what is being read: mails from a pipe, archives out of mails. Emptied when a receiver starts. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { FileHandle, FileSystem } from "../../../ports/index.ts";
import type { AttachmentSink } from "./mime/read-mail.ts";

const flushBytes = 256 * 1024;

/** Files of one receiver. */
export class Spool {
  readonly #fileSystem: FileSystem;
  readonly #directory: string;

  constructor(fileSystem: FileSystem, directory: string) {
    this.#fileSystem = fileSystem;
    this.#directory = directory;
  }

  /** Makes it, mode 0700, and removes what an earlier run left. */
  async empty(): Promise<void> {
    await this.#fileSystem.makeDirectory(this.#directory);
    await this.#fileSystem.setMode(this.#directory, 0o700);
    for (const name of await this.#fileSystem.list(this.#directory))
      await this.#fileSystem.remove(join(this.#directory, name));
  }

  /** A name that nobody can foresee. */
  newPath(): string {
    return join(this.#directory, randomUUID());
  }

  /** Removes one. */
  async remove(path: string): Promise<void> {
    await this.#fileSystem.remove(path);
  }

  /** A file to write an archive to; many small pieces become few writes. */
  async openAttachment(path: string): Promise<AttachmentSink> {
    const handle: FileHandle = await this.#fileSystem.open(path, "create");
    let pieces: Uint8Array[] = [];
    let waiting = 0;
    let size = 0;
    const flush = async (): Promise<void> => {
      const bytes = Buffer.concat(pieces);
      pieces = [];
      waiting = 0;
      await handle.write(bytes);
    };
    const fileSystem = this.#fileSystem;
    return {
      async write(bytes) {
        pieces.push(bytes);
        waiting += bytes.length;
        size += bytes.length;
        if (waiting >= flushBytes) await flush();
      },
      async close() {
        await flush();
        await handle.close();
        return { path, size };
      },
      async discard() {
        await handle.close();
        await fileSystem.remove(path);
      },
    };
  }
}
