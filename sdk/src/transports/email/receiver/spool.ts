/**
 * A private directory for what is being read: mails from a pipe, archives out of mails. Emptied when a receiver starts.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { FileHandle, FileSystem } from "../../../ports/index.ts";
import { Gathering } from "../../../transport/index.ts";
import type { AttachmentSink } from "./mime/read-mail.ts";

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

  /** A file to write an archive to. */
  async openAttachment(path: string): Promise<AttachmentSink> {
    const handle: FileHandle = await this.#fileSystem.open(path, "create");
    const gathering = new Gathering((bytes) => handle.write(bytes));
    let size = 0;
    const fileSystem = this.#fileSystem;
    return {
      async write(bytes) {
        size += bytes.length;
        await gathering.push(bytes);
      },
      async close() {
        await gathering.flush();
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
