/**
 * What Windows does otherwise, over any other FileSystem, so that it is proved where there is no Windows.
 *
 * - A file or folder that somebody has open (a virus scanner, an indexer, a reader of a share) can neither be replaced
 *   nor removed: tried again for a while, as npm does. libuv has no POSIX rename there (`MoveFileExW`, no second try).
 * - A junction is not replaced by a rename: it is removed first, so for a moment nothing is there.
 * - A junction's target is absolute, and may come back with a backslash at its end (libuv before 1.49.2).
 * - A file cannot be opened without following a link: its name is looked at first.
 */
import { promises as fs } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { isHeld, type FileSystem } from "./filesystem.ts";

const firstPauseMs = 10;
const longestPauseMs = 400;

/** @param patienceMs how long what is held by others is waited for. */
export function windowsFileSystem(plain: FileSystem, patienceMs = 10_000): FileSystem {
  const patiently = async (work: () => Promise<void>): Promise<void> => {
    const startedMs = performance.now();
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs))
      try {
        return await work();
      } catch (error) {
        if (!isHeld(error) || performance.now() - startedMs >= patienceMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
  };
  const isLink = async (path: string): Promise<boolean> =>
    (await plain.stat(path))?.kind === "link";
  return {
    ...plain,
    async open(path, mode) {
      if (await isLink(path))
        throw Object.assign(new Error(`ELOOP: ${path} is a link`), {
          code: "ELOOP",
          syscall: "open",
          path,
        });
      return plain.open(path, mode);
    },
    rename: (from, to) =>
      patiently(async () => {
        try {
          await plain.rename(from, to);
        } catch (error) {
          if (!isHeld(error) || !(await isLink(from)) || !(await isLink(to))) throw error;
          await plain.remove(to);
          await plain.rename(from, to);
        }
      }),
    remove: (path) => patiently(() => plain.remove(path)),
    async readLink(path) {
      const folder = dirname(path);
      return relative(folder, resolve(folder, await plain.readLink(path)));
    },
    syncDirectory: () => Promise.resolve(), // a folder cannot be opened there
    requireFree: (path) =>
      patiently(async () => {
        // For writing: a program that runs, and what others read without sharing it, refuses just that.
        const handle = await fs.open(path, "r+");
        await handle.close();
      }),
  };
}
