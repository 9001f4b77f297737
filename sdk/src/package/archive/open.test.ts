import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFileSystem, type FileHandle, type FileSystem } from "../../ports/index.ts";
import { maxArchiveBytes } from "../limits.ts";
import { openArchive, openUnpinnedArchive } from "./open.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outrider-open-"));
});
afterEach(async () => rm(folder, { recursive: true }));

test("a folder is no archive", async () => {
  await expect(openUnpinnedArchive(folder)).rejects.toMatchObject({
    code: "PACKAGE_MALFORMED",
    message: `${folder} is not a file.`,
  });
});

/** The machine's own, but for what an open file says and gives. */
function opening(change: (handle: FileHandle) => Partial<FileHandle>): FileSystem {
  return {
    ...nodeFileSystem,
    async open(...file) {
      const handle = await nodeFileSystem.open(...file);
      return { ...handle, ...change(handle) };
    },
  };
}

test("what is too large is refused before a byte of it is read, and closed", async () => {
  const path = join(folder, "large.outrider");
  await writeFile(path, "not read");
  const calls: string[] = [];
  const fileSystem = opening((handle) => ({
    stat: async () => ({ ...(await handle.stat()), size: maxArchiveBytes + 1 }),
    read: () => Promise.resolve(calls.push("read")),
    close: async () => {
      calls.push("close");
      await handle.close();
    },
  }));
  await expect(openUnpinnedArchive(path, { fileSystem })).rejects.toMatchObject({
    code: "PACKAGE_MALFORMED",
  });
  expect(calls).toEqual(["close"]);
});

test("what shrinks while it is hashed is refused, not waited for", async () => {
  const path = join(folder, "shrinking.outrider");
  await writeFile(path, "shrinking");
  const fileSystem = opening(() => ({ read: () => Promise.resolve(0) }));
  const expected = { path, sha256: "0".repeat(64), size: 9 };
  await expect(openArchive(expected, { fileSystem })).rejects.toMatchObject({
    code: "PACKAGE_DIGEST",
  });
});
