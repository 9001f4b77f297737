/**
 * A share in a directory: a mounted path, `\\server\share\…` on Windows, a stick. Plain files only, bounded, no link
 * followed (THREATS N14); what is written lies beside its name first, and is synced and renamed.
 */
import { dirname, join } from "node:path";
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import { isFull, readWhole, type FileSystem } from "../../ports/index.ts";
import { copyArchive } from "../copy-archive.ts";
import { isComplete, throwIfCancelled } from "../partial-archive.ts";
import { treeNames } from "./layout.ts";
import { sweeper, temporaryName } from "./litter.ts";
import type { ListOptions, Share, ShareEntry } from "./share.ts";

const folderMode = 0o755;
const fileMode = 0o644; // agents read under other accounts; nothing here is secret
const dropMode = 0o777; // they drop their receipts there

/** Reads and writes below a directory of this machine's own configuration. */
export function directoryShare(root: string, machine: FileSystem): Share {
  const fileSystem = foreign(machine);
  const at = (name: string): string => join(root, name);
  const sweep = sweeper(fileSystem);
  return {
    root,
    async read(name, maxBytes, { signal } = {}) {
      throwIfCancelled(signal, root);
      return reaching(at(name), "read", async () => {
        await refuseLink(fileSystem, dirname(at(name)), root);
        return readPlain(fileSystem, at(name), maxBytes);
      });
    },
    async fetch(name, wanted, options) {
      await reaching(root, "read", () => requireFolder(fileSystem, dirname(at(name)), root));
      return copyArchive(fileSystem, at(name), wanted, options);
    },
    async write(name, bytes, { signal } = {}) {
      throwIfCancelled(signal, root);
      return reaching(root, "written", async () => {
        const folder = dirname(at(name));
        await makeFolder(fileSystem, folder, root);
        if (folder !== at(treeNames.receipts)) await sweep(folder); // agents write there, and may not list it
        await replace(fileSystem, at(name), bytes);
      });
    },
    async store(name, { path, sha256, size }, options = {}) {
      return reaching(root, "written", async () => {
        const target = at(name);
        const wanted = { sha256, size, target };
        await makeFolder(fileSystem, dirname(target), root);
        if (await isComplete(fileSystem, wanted, options.signal)) return 0;
        const copied = await copyArchive(fileSystem, path, wanted, options);
        await fileSystem.setMode(target, fileMode);
        return copied;
      });
    },
    async list(folder, { signal, pick } = {}) {
      throwIfCancelled(signal, root);
      return reaching(at(folder), "read", async () => {
        await refuseLink(fileSystem, at(folder), root);
        return listEntries(fileSystem, at(folder), pick);
      });
    },
    async remove(name) {
      return reaching(at(name), "written", async () => {
        await refuseLink(fileSystem, dirname(at(name)), root);
        await fileSystem.remove(at(name));
      });
    },
  };
}

/**
 * Sticks (FAT) and some mounts know neither permission bits nor the syncing of folders: there is nothing to lose there.
 */
function foreign(fileSystem: FileSystem): FileSystem {
  const orNothing = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (!["EPERM", "EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(code)) throw error;
    }
  };
  return {
    open: (path, mode) => fileSystem.open(path, mode),
    list: (path) => fileSystem.list(path),
    stat: (path) => fileSystem.stat(path),
    makeDirectory: (path, mode) => fileSystem.makeDirectory(path, mode),
    rename: (from, to) => fileSystem.rename(from, to),
    remove: (path) => fileSystem.remove(path),
    link: (target, path) => fileSystem.link(target, path),
    readLink: (path) => fileSystem.readLink(path),
    setMode: (path, mode) => orNothing(fileSystem.setMode(path, mode)),
    syncDirectory: (path) => orNothing(fileSystem.syncDirectory(path)),
    freeBytes: (path) => fileSystem.freeBytes(path),
  };
}

/** A pipe or device under its name is never opened. */
async function readPlain(
  fileSystem: FileSystem,
  path: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const facts = await fileSystem.stat(path);
  if (facts?.kind === "file") return readWhole(fileSystem, path, maxBytes);
  throw new OutriderError(
    "UNAVAILABLE",
    facts === undefined ? `${path} is not there.` : `${path} is not a plain file.`,
    { subject: path },
  );
}

async function requireFolder(fileSystem: FileSystem, path: string, root: string): Promise<void> {
  if ((await fileSystem.stat(path))?.kind === "directory") return;
  throw new OutriderError("UNAVAILABLE", `The share ${root} has no folder ${path}.`, {
    subject: root,
  });
}

async function listEntries(
  fileSystem: FileSystem,
  folder: string,
  pick: ListOptions["pick"],
): Promise<ShareEntry[]> {
  if ((await fileSystem.stat(folder)) === undefined) return [];
  const entries: ShareEntry[] = [];
  const names = await fileSystem.list(folder);
  for (const name of pick?.(names) ?? names) {
    const facts = await fileSystem.stat(join(folder, name));
    if (facts !== undefined)
      entries.push({ name, isPlainFile: facts.kind === "file", size: facts.size });
  }
  return entries;
}

async function replace(fileSystem: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  if (await holds(fileSystem, path, bytes)) return;
  const temporary = temporaryName(path); // two servers of one share do not write into each other's
  try {
    const handle = await fileSystem.open(temporary, "create");
    try {
      await handle.write(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fileSystem.setMode(temporary, fileMode);
    await fileSystem.rename(temporary, path);
  } catch (error) {
    await fileSystem.remove(temporary).catch(() => undefined); // a share that is away keeps its litter
    throw error;
  }
  await fileSystem.syncDirectory(dirname(path));
}

async function holds(fileSystem: FileSystem, path: string, bytes: Uint8Array): Promise<boolean> {
  const facts = await fileSystem.stat(path);
  if (facts?.kind !== "file" || facts.size !== bytes.length) return false;
  return Buffer.compare(await readWhole(fileSystem, path, bytes.length), bytes) === 0;
}

async function makeFolder(fileSystem: FileSystem, path: string, root: string): Promise<void> {
  await refuseLink(fileSystem, path, root);
  if ((await fileSystem.stat(path))?.kind === "directory") return;
  const mode = path.endsWith(treeNames.receipts) ? dropMode : folderMode;
  await fileSystem.makeDirectory(path, mode);
  await fileSystem.setMode(path, mode); // whatever the umask
}

/**
 * The root may be a link, for it is this machine's own; a folder below it may not: whoever prepared a stick would have
 * files written, removed and opened to others anywhere on the machine.
 */
async function refuseLink(fileSystem: FileSystem, folder: string, root: string): Promise<void> {
  const isRoot = folder === dirname(join(root, treeNames.catalog));
  if (isRoot || (await fileSystem.stat(folder))?.kind !== "link") return;
  throw new OutriderError(
    "UNAVAILABLE",
    `${folder} is a link; links on a share are not followed.`,
    {
      subject: folder,
    },
  );
}

async function reaching<T>(
  place: string,
  verb: "read" | "written",
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isOutriderError(cause)) throw cause;
    const noRoom = isFull(cause);
    throw new OutriderError(
      noRoom ? "SPACE" : "UNAVAILABLE",
      `${place} ${noRoom ? "is full" : `cannot be ${verb}`}; it is tried again later.`,
      { subject: place, cause },
    );
  }
}
