/**
 * A private folder that files are written into before anybody sees them; in the end it holds these and no others
 * (THREATS P5). Files are made durable in batches: one fsync after the other costs a journal commit each, side by side
 * they share them.
 */
import { basename, dirname, join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import type { FileHandle, FileSystem } from "../../ports/index.ts";

const filesPerBatch = 128;
const privateMode = 0o700;
const folderMode = 0o755;

/** Folders and files below one root; nothing else is ever written. */
export class StagingFolder {
  readonly #fileSystem: FileSystem;
  readonly #root: string;
  /** Folder → what was put there, parents first. */
  readonly #folders: Map<string, Set<string>>;
  readonly #open = new Set<FileHandle>();
  #written: FileHandle[] = [];
  #syncing: Promise<void> = Promise.resolve();

  private constructor(fileSystem: FileSystem, root: string) {
    this.#fileSystem = fileSystem;
    this.#root = root;
    this.#folders = new Map([[root, new Set()]]);
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
      staging.#note(path);
      staging.#folders.set(path, new Set());
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
    this.#note(absolute);
    await fill(handle);
    await this.#fileSystem.setMode(absolute, mode);
    this.#written.push(handle);
    if (this.#written.length >= filesPerBatch) await this.#syncWritten();
  }

  /**
   * Makes everything durable: contents, then the folders that name them, deepest first.
   *
   * @throws PACKAGE_MISMATCH where somebody else put something there, or took something away
   */
  async sync(): Promise<void> {
    await this.#syncWritten();
    await this.#syncing;
    for (const [folder, names] of [...this.#folders].toReversed()) {
      await this.#checkHolds(folder, names);
      await this.#fileSystem.syncDirectory(folder);
    }
  }

  /** Removes it, once nothing is being written there any more. */
  async remove(): Promise<void> {
    await this.#syncing.catch(() => undefined);
    await Promise.allSettled([...this.#open].map((handle) => handle.close()));
    await this.#fileSystem.remove(this.#root);
  }

  #note(path: string): void {
    this.#folders.get(dirname(path))?.add(folded(basename(path)));
  }

  async #checkHolds(folder: string, names: ReadonlySet<string>): Promise<void> {
    const found = new Set((await this.#fileSystem.list(folder)).map(folded));
    const odd =
      [...found].find((name) => !names.has(name)) ?? [...names].find((name) => !found.has(name));
    if (odd === undefined) return;
    const path = join(folder, odd);
    throw new OutriderError(
      "PACKAGE_MISMATCH",
      `${path} was ${found.has(odd) ? "put beside" : "taken from"} the files of the package while they were written. Find out who writes there, and install again.`,
      { subject: path },
    );
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

/** Some file systems keep names decomposed. */
function folded(name: string): string {
  return name.normalize("NFC");
}

/** Every folder above these files, parents first. */
function foldersOf(files: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of files)
    for (let end = path.indexOf("/"); end > 0; end = path.indexOf("/", end + 1))
      folders.add(path.slice(0, end));
  return [...folders].toSorted();
}
