/** A Maildir on disk: `new/` holds what arrived, `cur/` what was dealt with, a suffix of the name says how. */
import { join } from "node:path";
import { OutriderError } from "../../../errors/index.ts";
import type { FileHandle, FileSystem } from "../../../ports/index.ts";
import type { Incoming } from "../../../transport/index.ts";

/** What settling a mail does to it. */
export type Processed = "mark" | "delete";

// Windows has no colon in file names; there the usual stand-in is a semicolon.
const seenMark = process.platform === "win32" ? ";2,S" : ":2,S";

/** The folder. */
export class MaildirFolder {
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #processed: Processed;

  constructor(fileSystem: FileSystem, path: string, processed: Processed) {
    this.#fileSystem = fileSystem;
    this.#path = path;
    this.#processed = processed;
  }

  /** Where new mail lies. */
  get fresh(): string {
    return join(this.#path, "new");
  }

  /** @throws UNAVAILABLE if it is no Maildir */
  async check(): Promise<void> {
    const facts = await this.#fileSystem.stat(this.fresh).catch(() => undefined);
    if (facts?.kind !== "directory")
      throw new OutriderError(
        "UNAVAILABLE",
        `${this.#path} is no Maildir: it has no folder "new".`,
        {
          subject: this.#path,
        },
      );
  }

  /** Names of new mail, oldest first as far as the names tell; dot files are no mail. */
  async list(): Promise<string[]> {
    const names = await this.#fileSystem.list(this.fresh);
    return names.filter((name) => !name.startsWith("."));
  }

  /** Path of a new mail. */
  pathOf(name: string): string {
    return join(this.fresh, name);
  }

  /** Opens a new mail; `undefined` for what is no plain file. */
  async open(name: string): Promise<FileHandle | undefined> {
    const path = this.pathOf(name);
    if ((await this.#fileSystem.stat(path))?.kind !== "file") return undefined;
    return this.#fileSystem.open(path, "read");
  }

  /** Marks or deletes; what is ignored is somebody else's and stays as it is; what is refused is never deleted. */
  async settle(name: string, verdict: Parameters<Incoming["settle"]>[0]): Promise<void> {
    if (verdict === "ignored") return;
    const path = this.pathOf(name);
    if ((await this.#fileSystem.stat(path)) === undefined) return; // settled before, or a mail program was faster
    if (verdict === "handled" && this.#processed === "delete") return this.#fileSystem.remove(path);
    const current = join(this.#path, "cur");
    await this.#fileSystem.makeDirectory(current);
    const plain = name.replace(/[:;]2,[A-Za-z]*$/, "");
    await this.#fileSystem.rename(path, join(current, `${plain}${seenMark}`));
  }
}
