/**
 * Strategy `files`: in place, in `INSTALL/<package>/current/`, beside files that are not ours (settings, data).
 *
 * A transaction in three durable steps: a copy of every file that will be replaced or removed, with the list of what
 * will be done, goes to `backup/<digest8>/`; then each new file replaces its predecessor by one rename, so that no file
 * is ever missing or torn; then what the new release no longer has is removed. Killed anywhere, it is done again from
 * the list; going back puts the copies in place again. Only files that an earlier release brought are ever removed, and
 * none is replaced while one of them is in use where that keeps it from being replaced (Windows).
 */
import { dirname, join } from "node:path";
import { isOutriderError, OutriderError } from "../../../errors/index.ts";
import { isHeld, readWhole, syncedWrite, type FileSystem } from "../../../ports/index.ts";
import { parseJson } from "../../../schema/index.ts";
import type { Deployer, Placement } from "../deployer.ts";
import { foldersOf, readTree } from "./tree.ts";

/** What one transaction does; paths below `current`. */
interface Transaction {
  readonly replace: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

const maxListBytes = 64 * 1024 * 1024;
const chunkBytes = 1024 * 1024;
const folderMode = 0o755;

/** @param fileSystem the file system with the install directory. */
export function filesStrategy(fileSystem: FileSystem): Deployer {
  return {
    directoryOf: currentOf,
    async stage(placement) {
      const backup = backupOf(placement);
      await fileSystem.remove(backup); // left by a kill: nothing was switched by then
      const transaction = await planTransaction(fileSystem, placement);
      const copied = [...transaction.replace, ...transaction.remove];
      await makeFolders(fileSystem, join(backup, "files"), copied);
      for (const path of copied)
        await copyFile(fileSystem, join(currentOf(placement), path), join(backup, "files", path));
      await syncFolders(fileSystem, join(backup, "files"), copied);
      await writeList(fileSystem, join(backup, "transaction.json"), transaction);
      await fileSystem.syncDirectory(dirname(backup));
      await fileSystem.syncDirectory(placement.packageDirectory);
      return "backup";
    },
    async activate(placement) {
      const current = currentOf(placement);
      const { replace, add, remove } = await readTransaction(fileSystem, placement);
      const written = [...replace, ...add];
      await makeFolders(fileSystem, current, written);
      await fileSystem.syncDirectory(placement.packageDirectory);
      const staged = await whatLies(fileSystem, placement.stagingDirectory, written);
      await requireFree(fileSystem, placement, [...staged, ...remove]);
      for (const path of staged)
        await fileSystem.rename(join(placement.stagingDirectory, path), join(current, path));
      for (const path of remove) await fileSystem.remove(join(current, path));
      await syncFolders(fileSystem, current, [...written, ...remove]);
      return "done";
    },
    async restore(placement, undo) {
      const backup = backupOf(placement);
      if (
        undo === undefined ||
        (await fileSystem.stat(join(backup, "transaction.json"))) === undefined
      ) {
        await fileSystem.remove(backup);
        return;
      }
      const current = currentOf(placement);
      const { replace, add, remove } = await readTransaction(fileSystem, placement);
      const copied = [...replace, ...remove];
      await makeFolders(fileSystem, current, copied);
      const waiting = await whatLies(fileSystem, join(backup, "files"), copied);
      await requireFree(fileSystem, placement, [...waiting, ...add]);
      for (const path of waiting)
        await fileSystem.rename(join(backup, "files", path), join(current, path));
      for (const path of add) await fileSystem.remove(join(current, path));
      await syncFolders(fileSystem, current, [...copied, ...add]);
      await removeEmptyFolders(fileSystem, current, foldersOf(add));
      await forget(fileSystem, backup);
    },
    async finish(placement) {
      const { replace, add, remove } = await readTransaction(fileSystem, placement).catch(
        nothingLeft,
      );
      if (replace.length + add.length > 0)
        await writeList(fileSystem, ownedOf(placement), { files: [...replace, ...add] });
      await removeEmptyFolders(fileSystem, currentOf(placement), foldersOf(remove));
      await forget(fileSystem, backupOf(placement));
    },
  };
}

/**
 * Gone: this was done before a kill. Damaged: trying again reads no more. Any other fault may pass, so it is thrown on.
 */
function nothingLeft(error: unknown): Transaction {
  if (isOutriderError(error) || (error as NodeJS.ErrnoException).code === "ENOENT")
    return { replace: [], add: [], remove: [] };
  throw error;
}

function currentOf({ packageDirectory }: Placement): string {
  return join(packageDirectory, "current");
}

function backupOf({ packageDirectory, digest }: Placement): string {
  return join(packageDirectory, "backup", digest.slice(0, 8));
}

/** The list of files that the installed release brought. */
function ownedOf({ packageDirectory }: Placement): string {
  return join(packageDirectory, "files.json");
}

async function planTransaction(fileSystem: FileSystem, placement: Placement): Promise<Transaction> {
  const current = currentOf(placement);
  const facts = await fileSystem.stat(current);
  if (facts !== undefined && facts.kind !== "directory")
    throw new OutriderError(
      "DEPLOY_FAILED",
      `${current} is not the folder that the strategy "files" works in: ${placement.name} was installed in another way. Remove it, or keep the strategy.`,
      { subject: current },
    );
  const { files } = await readTree(fileSystem, placement.stagingDirectory);
  const replace: string[] = [];
  const add: string[] = [];
  for (const path of files) {
    const there = await fileSystem.stat(join(current, path));
    if (there !== undefined && there.kind !== "file")
      throw new OutriderError(
        "DEPLOY_FAILED",
        `${join(current, path)} is in the way of a file of ${placement.name}.`,
        {
          subject: join(current, path),
        },
      );
    (there === undefined ? add : replace).push(path);
  }
  const staying = new Set(files);
  const remove: string[] = [];
  for (const path of await readOwned(fileSystem, placement))
    if (!staying.has(path) && (await fileSystem.stat(join(current, path)))?.kind === "file")
      remove.push(path);
  return { replace, add, remove };
}

/** Those of them that lie below the folder: what does not any more was moved before a kill. */
async function whatLies(
  fileSystem: FileSystem,
  root: string,
  paths: readonly string[],
): Promise<string[]> {
  const lying: string[] = [];
  for (const path of paths)
    if ((await fileSystem.stat(join(root, path))) !== undefined) lying.push(path);
  return lying;
}

/**
 * Before the first is replaced: a program that runs (Windows) must not keep the machine half old and half new.
 * @throws DEFERRED
 */
async function requireFree(
  fileSystem: FileSystem,
  placement: Placement,
  paths: readonly string[],
): Promise<void> {
  for (const path of paths) {
    const file = join(currentOf(placement), path);
    try {
      await fileSystem.requireFree?.(file);
    } catch (cause) {
      if (!isHeld(cause)) continue; // gone, or told by the renaming
      throw new OutriderError(
        "DEFERRED",
        `${file} is in use or may not be written: nothing of ${placement.name} is replaced before it is free. End the program that holds it.`,
        { subject: file, cause },
      );
    }
  }
}

async function readOwned(fileSystem: FileSystem, placement: Placement): Promise<readonly string[]> {
  const path = ownedOf(placement);
  if ((await fileSystem.stat(path)) === undefined) return [];
  return (parseJson(await readWhole(fileSystem, path, maxListBytes), path) as { files: string[] })
    .files;
}

async function readTransaction(fileSystem: FileSystem, placement: Placement): Promise<Transaction> {
  const path = join(backupOf(placement), "transaction.json");
  return parseJson(await readWhole(fileSystem, path, maxListBytes), path) as Transaction;
}

async function writeList(fileSystem: FileSystem, path: string, list: object): Promise<void> {
  await syncedWrite(fileSystem, path, new TextEncoder().encode(JSON.stringify(list)));
}

/** The list goes first and durably: without it the copies are litter, never half a way back. */
async function forget(fileSystem: FileSystem, backup: string): Promise<void> {
  if ((await fileSystem.stat(backup)) === undefined) return;
  await fileSystem.remove(join(backup, "transaction.json"));
  await fileSystem.syncDirectory(backup);
  await fileSystem.remove(backup);
}

async function makeFolders(
  fileSystem: FileSystem,
  root: string,
  files: readonly string[],
): Promise<void> {
  await fileSystem.makeDirectory(root, folderMode);
  for (const folder of foldersOf(files))
    await fileSystem.makeDirectory(join(root, folder), folderMode);
}

async function syncFolders(
  fileSystem: FileSystem,
  root: string,
  files: readonly string[],
): Promise<void> {
  for (const folder of foldersOf(files).toReversed())
    if ((await fileSystem.stat(join(root, folder)))?.kind === "directory")
      await fileSystem.syncDirectory(join(root, folder));
  await fileSystem.syncDirectory(root);
}

async function removeEmptyFolders(
  fileSystem: FileSystem,
  root: string,
  folders: readonly string[],
): Promise<void> {
  for (const folder of folders.toReversed()) {
    const path = join(root, folder);
    if (
      (await fileSystem.stat(path))?.kind === "directory" &&
      (await fileSystem.list(path)).length === 0
    )
      await fileSystem.remove(path);
  }
}

async function copyFile(fileSystem: FileSystem, from: string, to: string): Promise<void> {
  const source = await fileSystem.open(from, "read");
  try {
    const { mode } = await source.stat();
    const target = await fileSystem.open(to, "replace");
    try {
      const buffer = new Uint8Array(chunkBytes);
      for (let at = 0; ;) {
        const count = await source.read(buffer, at);
        if (count === 0) break;
        await target.write(buffer.subarray(0, count));
        at += count;
      }
      await fileSystem.setMode(to, mode);
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
