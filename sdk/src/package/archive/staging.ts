/**
 * A private folder that files are written into before anybody sees them. Files are made durable in batches: one fsync
 * after the other costs a journal commit each, side by side they share them.
 */
import { join } from "node:path";
import type { FileHandle, FileSystem } from "../../ports/index.ts";

const filesPerBatch = 128;
const privateMode = 0o700;
const folderMode = 0o755;

/** Folders and files below one root; nothing else is ever written. */
export class StagingFolder {
  readonly #fileSystem: FileSystem;
  readonly #root: string;
  readonly #folders: string[];
  readonly #open = new Set<FileHandle>();
  #written: FileHandle[] = [];
  #syncing: Promise<void> = Promise.resolve();

  private constructor(fileSystem: FileSystem, root: string) {
    this.#fileSystem = fileSystem;
    this.#root = root;
    this.#folders = [root];
  }

  /** Makes it new, mode 0700, with the folders that these files need, mode 0755 whatever the umask. */
  static async make(
    fileSystem: FileSystem,
    root: string,
    files: readonly string[],
  ): Promise<StagingFolder> {
    const staging = new StagingFolder(fileSystem, root);
    await fileSystem.remove(root); // what a killed run left
    await fileSystem.makeDirectory(root, privateMode);
    for (const folder of foldersOf(files)) {
      const path = join(root, folder);
      await fileSystem.makeDirectory(path, folderMode);
      await fileSystem.setMode(path, folderMode);
      staging.#folders.push(path);
    }
    return staging;
  }

  /** Makes a file and has it filled. */
  async write(
    path: string,
    mode: number,
    fill: (handle: FileHandle) => Promise<void>,
  ): Promise<void> {
    const absolute = join(this.#root, path);
    const handle = await this.#fileSystem.open(absolute, "create");
    this.#open.add(handle);
    await fill(handle);
    await this.#fileSystem.setMode(absolute, mode);
    this.#written.push(handle);
    if (this.#written.length >= filesPerBatch) await this.#syncWritten();
  }

  /** Makes everything durable: contents, then the folders that name them, deepest first. */
  async sync(): Promise<void> {
    await this.#syncWritten();
    await this.#syncing;
    for (const folder of this.#folders.toReversed()) await this.#fileSystem.syncDirectory(folder);
  }

  /** Removes it, once nothing is being written there any more. */
  async remove(): Promise<void> {
    await this.#syncing.catch(() => undefined);
    await Promise.allSettled([...this.#open].map((handle) => handle.close()));
    await this.#fileSystem.remove(this.#root);
  }

  /** Starts the next batch; waits only for the one before it. */
  async #syncWritten(): Promise<void> {
    const batch = this.#written;
    this.#written = [];
    const before = this.#syncing;
    this.#syncing = before.then(() => this.#syncAll(batch));
    this.#syncing.catch(() => undefined); // whoever waits for it hears of it
    await before;
  }

  async #syncAll(batch: readonly FileHandle[]): Promise<void> {
    await Promise.all(
      batch.map(async (handle) => {
        await handle.sync();
        await handle.close();
        this.#open.delete(handle);
      }),
    );
  }
}

/** Every folder above these files, parents first. */
function foldersOf(files: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of files)
    for (let end = path.indexOf("/"); end > 0; end = path.indexOf("/", end + 1))
      folders.add(path.slice(0, end));
  return [...folders].toSorted();
}
