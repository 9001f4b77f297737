/** The FileSystem port over `node:fs`. */
import { constants, promises as fs } from "node:fs";
import { dirname } from "node:path";
import { OutriderError } from "../errors/index.ts";
import type { FileFacts, FileHandle, FileSystem, OpenMode } from "./filesystem.ts";
import { windowsFileSystem } from "./windows-filesystem.ts";

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } = constants;
// Windows has no O_NOFOLLOW; there `windowsFileSystem` looks first.
const noFollow = constants.O_NOFOLLOW ?? 0;
// Nor is a pipe that was put where a file stood waited for: it would hold a thread for ever.
const plainly = noFollow | (constants.O_NONBLOCK ?? 0);
const flags: Record<OpenMode, number> = {
  read: O_RDONLY | plainly,
  create: O_WRONLY | O_CREAT | O_EXCL | plainly,
  replace: O_WRONLY | O_CREAT | O_TRUNC | plainly,
  append: O_WRONLY | O_CREAT | O_APPEND | plainly,
};

function facts(stat: Awaited<ReturnType<typeof fs.lstat>>): FileFacts {
  const kind = stat.isFile()
    ? "file"
    : stat.isDirectory()
      ? "directory"
      : stat.isSymbolicLink()
        ? "link"
        : "other";
  return {
    kind,
    size: Number(stat.size),
    mode: Number(stat.mode) & 0o7777,
    modifiedAtMs: Number(stat.mtimeMs),
    owner: Number(stat.uid),
  };
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}

/**
 * Step by step, for Node's own `recursive` (24.21) never ends, nor can it be stopped, where a folder is there and yet
 * nothing can be made in it: the kernel says ENOENT in /proc, and on an automounter's map.
 */
async function makeDirectory(path: string, mode = 0o700): Promise<void> {
  try {
    await makeLast(path, mode);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === path) throw error;
    await makeDirectory(parent, mode);
    await makeLast(path, mode);
  }
}

/** One folder in one that is there, unless it is there itself. */
async function makeLast(path: string, mode: number): Promise<void> {
  try {
    await fs.mkdir(path, mode);
  } catch (error) {
    const there = await fs.stat(path).catch(() => undefined);
    if (there?.isDirectory() !== true) throw error;
  }
}

const plainFileSystem: FileSystem = {
  async open(path, mode) {
    const handle = await fs.open(path, flags[mode], 0o600);
    let open = true;
    return {
      async read(buffer, position) {
        return (await handle.read(buffer, 0, buffer.length, position)).bytesRead;
      },
      async write(bytes) {
        for (let done = 0; done < bytes.length;)
          done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
      },
      stat: async () => facts(await handle.stat()),
      sync: () => handle.sync(),
      async close() {
        if (!open) return;
        open = false;
        await handle.close();
      },
    };
  },
  list: async (path) => (await fs.readdir(path)).toSorted(),
  async stat(path) {
    try {
      return facts(await fs.lstat(path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  makeDirectory,
  rename: (from, to) => fs.rename(from, to),
  remove: (path) => fs.rm(path, { recursive: true, force: true }),
  link: (target, path) => fs.symlink(target, path, "junction"),
  readLink: (path) => fs.readlink(path),
  setMode: (path, mode) => fs.chmod(path, mode),
  async syncDirectory(path) {
    const handle = await fs.open(path, O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  async freeBytes(path) {
    const stat = await fs.statfs(path);
    return stat.bavail * stat.bsize;
  },
};

/** The machine's own file system. */
export const nodeFileSystem: FileSystem =
  process.platform === "win32" ? windowsFileSystem(plainFileSystem) : plainFileSystem;

/**
 * Replaces a file so that a reader, or a machine that lost its power, sees the old or the new content and nothing else:
 * temporary file beside it, fsync, rename, fsync of the directory.
 */
export async function syncedWrite(
  fileSystem: FileSystem,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const temporary = `${path}.tmp`;
  await writeAndSync(fileSystem, temporary, bytes);
  await fileSystem.rename(temporary, path);
  await fileSystem.syncDirectory(dirname(path));
}

async function writeAndSync(
  fileSystem: FileSystem,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const handle: FileHandle = await fileSystem.open(path, "replace");
  try {
    await handle.write(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Reads a whole small file.
 *
 * @param maxBytes refuse anything larger before reading it.
 * @throws DOCUMENT_TOO_LARGE
 */
export async function readWhole(
  fileSystem: FileSystem,
  path: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const handle = await fileSystem.open(path, "read");
  try {
    const { size } = await handle.stat();
    if (size > maxBytes)
      throw new OutriderError(
        "DOCUMENT_TOO_LARGE",
        `${path} has ${size} bytes; at most ${maxBytes} are read.`,
        {
          subject: path,
        },
      );
    const bytes = new Uint8Array(size);
    let done = 0;
    while (done < size) {
      const count = await handle.read(bytes.subarray(done), done);
      if (count === 0) break; // it shrank meanwhile: whoever verifies it will refuse
      done += count;
    }
    return bytes.subarray(0, done);
  } finally {
    await handle.close();
  }
}
