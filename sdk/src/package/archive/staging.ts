/**
 * A private folder that files are written into before anybody sees them; in the end it holds these and no others
 * (THREATS P5). Files and folders are made durable side by side: one fsync after the other costs a journal commit each,
 * together they share them. Their order does not matter, since nobody looks before the last of them is done.
 */
import { basename, dirname, join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import type { FileHandle, FileSystem } from "../../ports/index.ts";
import { inLanes } from "../parallel.ts";

const filesPerBatch = 128;
const foldersAtOnce = 16;
const privateMode = 0o700;
const folderMode = 0o755;

/** Folders and files below one root; nothing else is ever written. */
export class StagingFolder {
  readonly #fileSystem: FileSystem;
  readonly #root: string;
  /** Folder → what was put there. */
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
    for (const folders of levelsOf(files))
      await eachAtOnce(folders, (folder) => staging.#makeFolder(join(root, folder)));
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
   * Makes everything durable: contents, then the folders that name them.
   *
   * @throws PACKAGE_MISMATCH where somebody else put something there, or took something away
   */
  async sync(): Promise<void> {
    await this.#syncWritten();
    await this.#syncing;
    await eachAtOnce(this.#folders, async ([folder, names]) => {
      await this.#checkHolds(folder, names);
      await this.#fileSystem.syncDirectory(folder);
    });
  }

  /** Removes it, once nothing is being written there any more. */
  async remove(): Promise<void> {
    await this.#syncing.catch(() => undefined);
    await Promise.allSettled([...this.#open].map((handle) => handle.close()));
    await this.#fileSystem.remove(this.#root);
  }

  async #makeFolder(path: string): Promise<void> {
    await this.#fileSystem.makeDirectory(path, folderMode);
    await this.#fileSystem.setMode(path, folderMode);
    this.#note(path);
    this.#folders.set(path, new Set());
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

async function eachAtOnce<T>(all: Iterable<T>, work: (one: T) => Promise<void>): Promise<void> {
  await inLanes(foldersAtOnce, async (start) => {
    for (const one of all) await start(() => work(one));
  });
}

/** Every folder above these files, by depth: the parents of all in a level are in those before. */
function levelsOf(files: readonly string[]): Set<string>[] {
  const levels: Set<string>[] = [];
  for (const path of files)
    for (let end = path.indexOf("/"), depth = 0; end > 0; end = path.indexOf("/", end + 1), depth++)
      (levels[depth] ??= new Set()).add(path.slice(0, end));
  return levels;
}
