import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFileSystem as files, readWhole, syncedWrite } from "./node-filesystem.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outrider-files-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a synced write replaces whole, and leaves no temporary file", async () => {
  const path = join(folder, "state.json");
  await syncedWrite(files, path, Buffer.from("one"));
  await syncedWrite(files, path, Buffer.from("two"));
  expect(await readFile(path, "utf8")).toBe("two");
  expect(await files.list(folder)).toEqual(["state.json"]);
});

test("opening never follows a link in the last component", async () => {
  const path = join(folder, "target");
  await writeFile(path, "secret");
  await symlink(path, join(folder, "link"));
  await expect(files.open(join(folder, "link"), "read")).rejects.toMatchObject({ code: "ELOOP" });
  expect((await files.stat(join(folder, "link")))?.kind).toBe("link");
});

test.skipIf(process.platform === "win32")(
  "a pipe in the place of a file is not waited for",
  async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    const handle = await files.open(path, "read");
    expect((await handle.stat()).kind).toBe("other");
    await handle.close();
    await expect(files.open(path, "append")).rejects.toMatchObject({ code: "ENXIO" });
  },
);

test("create refuses what exists; nothing there is undefined", async () => {
  const path = join(folder, "new");
  await (await files.open(path, "create")).close();
  await expect(files.open(path, "create")).rejects.toMatchObject({ code: "EEXIST" });
  expect(await files.stat(join(folder, "absent"))).toBeUndefined();
  expect(await files.stat(join(path, "below-a-file"))).toBeUndefined();
});

test("reading whole refuses what is too large before reading it", async () => {
  const path = join(folder, "large");
  await writeFile(path, "123456");
  expect(Buffer.from(await readWhole(files, path, 6)).toString()).toBe("123456");
  await expect(readWhole(files, path, 5)).rejects.toMatchObject({ code: "DOCUMENT_TOO_LARGE" });
});

test("free space is a number of bytes", async () => {
  expect(await files.freeBytes(folder)).toBeGreaterThan(0);
});

test("folders are made one in the other, at once by several too, and what is there stays", async () => {
  const path = join(folder, "a", "b", "c");
  await Promise.all([1, 2, 3, 4].map(() => files.makeDirectory(path)));
  await symlink(path, join(folder, "linked"));
  await files.makeDirectory(join(folder, "linked"));
  expect((await files.stat(path))?.mode).toBe(0o700);
  await writeFile(join(folder, "file"), "");
  await expect(files.makeDirectory(join(folder, "file"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(files.makeDirectory(join(folder, "file", "below"))).rejects.toMatchObject({
    code: "ENOTDIR",
  });
});

test.runIf(process.platform === "linux")(
  "a folder in which nothing can be made is an error, not an endless loop",
  async () => {
    await expect(files.makeDirectory("/proc/outrider/data")).rejects.toMatchObject({
      code: "ENOENT",
    });
  },
);
