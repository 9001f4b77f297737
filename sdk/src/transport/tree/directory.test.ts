/** What a directory share does with a disk that fails, knows less than others, or loses power. */
import { execFileSync } from "node:child_process";
import { mkdir, stat } from "node:fs/promises";
import { expect, test } from "vitest";
import { testArchive, testFolder } from "../../../test/support/archives.ts";
import { crashImages } from "../../../test/support/crash-images.ts";
import { MemoryDisk } from "../../../test/support/memory-disk.ts";
import { nodeFileSystem, readWhole, type FileSystem } from "../../ports/index.ts";
import { directoryShare } from "./directory.ts";
import { treeNames } from "./layout.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A disk on which some calls fail so. */
function failing(calls: readonly (keyof FileSystem)[], code: string): FileSystem {
  const fail = (): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));
  return { ...nodeFileSystem, ...Object.fromEntries(calls.map((call) => [call, fail])) };
}

test("after a power cut at any moment a file is the old or the new one; once it is written, the new one", async () => {
  const before = new MemoryDisk();
  await directoryShare("/share", before).write(treeNames.catalog, bytesOf("old"));
  const disk = before.clone();
  await directoryShare("/share", disk).write(treeNames.catalog, bytesOf("newer"));
  for (const image of crashImages(before, disk)) {
    const found = await readWhole(image.disk, "/share/catalog.json", 100);
    const expected = image.after === disk.record.length ? ["newer"] : ["old", "newer"];
    expect(expected, `after ${image.after}, ${image.lost} lost`).toContain(
      new TextDecoder().decode(found),
    );
  }
});

test("what is there already is left alone, so that nobody reads it again for nothing", async () => {
  await using folder = await testFolder();
  const share = directoryShare(folder.path, nodeFileSystem);
  const write = async (text: string): Promise<number> => {
    await share.write(treeNames.catalog, bytesOf(text));
    return (await stat(folder.at(treeNames.catalog))).ino;
  };
  const first = await write("one");
  expect(await write("one")).toBe(first);
  expect(await write("two")).not.toBe(first);
});

test.each([
  ["ENOSPC", "SPACE"],
  ["EDQUOT", "SPACE"],
  ["EIO", "UNAVAILABLE"],
])("a write that fails (%s) leaves nothing half done, and says %s", async (fault, code) => {
  await using folder = await testFolder();
  const share = directoryShare(folder.path, failing(["rename"], fault));
  await expect(share.write(treeNames.catalog, bytesOf("one"))).rejects.toMatchObject({ code });
  expect(await folder.names()).toEqual([]);
});

test("a stick that knows neither permissions nor the syncing of folders is written all the same", async () => {
  await using folder = await testFolder();
  const { bytes, sha256, size } = testArchive(1000);
  const path = folder.at("archive");
  await directoryShare(folder.path, nodeFileSystem).write("archive", bytes);
  for (const fault of ["EPERM", "ENOTSUP"]) {
    const stick = directoryShare(folder.at(fault), failing(["setMode", "syncDirectory"], fault));
    await stick.write(treeNames.catalog, bytes);
    expect(await stick.store(treeNames.package(sha256), { path, sha256, size })).toBe(size);
    expect(bytes.equals(await stick.read(treeNames.catalog, size))).toBe(true);
  }
});

test.skipIf(process.platform === "win32")(
  "where agents drop their receipts everybody may write; elsewhere only who brings",
  async () => {
    await using folder = await testFolder();
    const share = directoryShare(folder.path, nodeFileSystem);
    for (const name of [treeNames.receipt("a".repeat(64)), treeNames.trust(1)])
      await share.write(name, bytesOf("one"));
    const modeOf = async (name: string): Promise<number> =>
      (await stat(folder.at(name))).mode & 0o777;
    expect([await modeOf("receipts"), await modeOf("trust")]).toEqual([0o777, 0o755]);
  },
);

test.skipIf(process.platform === "win32")(
  "a pipe in a file's place is not opened: nobody would ever write into it",
  async () => {
    await using folder = await testFolder();
    const share = directoryShare(folder.path, nodeFileSystem);
    const { sha256, size } = testArchive(0);
    await mkdir(folder.at("packages"));
    for (const name of [treeNames.catalog, treeNames.package(sha256)])
      execFileSync("mkfifo", [folder.at(name)]);
    const wanted = { sha256, size, target: folder.at("target") };
    const unavailable = { code: "UNAVAILABLE" };
    await expect(share.read(treeNames.catalog, 1000)).rejects.toMatchObject(unavailable);
    await expect(share.fetch(treeNames.package(sha256), wanted)).rejects.toMatchObject(unavailable);
  },
);
