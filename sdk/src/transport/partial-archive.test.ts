import { readFile, symlink, writeFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { testArchive, testFolder } from "../../test/support/archives.ts";
import { crashImages } from "../../test/support/crash-images.ts";
import { MemoryDisk } from "../../test/support/memory-disk.ts";
import { nodeFileSystem, readWhole, type FileSystem } from "../ports/index.ts";
import { copyArchive, isComplete, PartialArchive } from "./index.ts";

const digestError = expect.objectContaining({ code: "PACKAGE_DIGEST" });

test("appears under its name only when it is whole, private to its owner", async () => {
  await using folder = await testFolder();
  const { bytes, sha256, size } = testArchive(100_000);
  const wanted = { sha256, size, target: folder.at("deep", "archive") };
  const partial = await PartialArchive.open(nodeFileSystem, wanted);
  await partial.append(bytes.subarray(0, 60_000));
  expect(await nodeFileSystem.stat(wanted.target)).toBeUndefined();
  await partial.append(bytes.subarray(60_000));
  await partial.finish();
  expect((await readFile(wanted.target)).equals(bytes)).toBe(true);
  if (process.platform !== "win32")
    expect((await nodeFileSystem.stat(wanted.target))?.mode).toBe(0o600);
  expect(await isComplete(nodeFileSystem, wanted)).toBe(true);
});

test("goes on where an earlier call stopped", async () => {
  await using folder = await testFolder();
  const { bytes, sha256, size } = testArchive(100_000);
  const wanted = { sha256, size, target: folder.at("archive") };
  const first = await PartialArchive.open(nodeFileSystem, wanted);
  await first.append(bytes.subarray(0, 60_000));
  await first.keep();
  const second = await PartialArchive.open(nodeFileSystem, wanted);
  expect(second.length).toBe(60_000);
  await second.append(bytes.subarray(60_000));
  await second.finish();
  expect((await readFile(wanted.target)).equals(bytes)).toBe(true);
});

test.each([
  ["one byte too many", (bytes: Buffer) => Buffer.concat([bytes, Buffer.from("x")])],
  ["one byte too few", (bytes: Buffer) => bytes.subarray(1)],
  [
    "one other bit",
    (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 7 ? byte ^ 1 : byte))),
  ],
])("%s: refused, and nothing is left", async (_, change) => {
  await using folder = await testFolder();
  const { bytes, sha256, size } = testArchive(1000);
  const partial = await PartialArchive.open(nodeFileSystem, {
    sha256,
    size,
    target: folder.at("archive"),
  });
  const filling = (async () => {
    await partial.append(change(bytes));
    await partial.finish();
  })();
  await expect(filling).rejects.toEqual(digestError);
  expect(await folder.names()).toEqual([]);
});

test("does not write through a link that lies in its place", async () => {
  await using folder = await testFolder();
  await writeFile(folder.at("victim"), "precious");
  await symlink(folder.at("victim"), folder.at("archive.partial"));
  const { bytes, sha256, size } = testArchive(1000);
  const partial = await PartialArchive.open(nodeFileSystem, {
    sha256,
    size,
    target: folder.at("archive"),
  });
  await partial.append(bytes);
  await partial.finish();
  expect(await readFile(folder.at("victim"), "utf8")).toBe("precious");
});

test("not a byte past the signed length is written", async () => {
  await using folder = await testFolder();
  const { bytes, sha256, size } = testArchive(1000);
  const wanted = { sha256, size, target: folder.at("archive") };
  const partial = await PartialArchive.open(nodeFileSystem, wanted);
  await partial.append(bytes);
  await expect(partial.append(new Uint8Array(1))).rejects.toEqual(digestError);
  expect(await folder.names()).toEqual([]);
  await writeFile(folder.at("archive.partial"), new Uint8Array(1001)); // no beginning of it
  const again = await PartialArchive.open(nodeFileSystem, wanted);
  expect(again.length).toBe(0);
  await again.discard();
});

test("after a power cut at any moment there is no archive, or the whole one; once it is finished, the latter", async () => {
  const before = new MemoryDisk();
  await before.makeDirectory("/machine");
  const { bytes, sha256, size } = testArchive(1000);
  const target = "/machine/archive";
  const disk = before.clone();
  const partial = await PartialArchive.open(disk, { sha256, size, target });
  await partial.append(bytes.subarray(0, 600));
  await partial.append(bytes.subarray(600));
  await partial.finish();
  for (const image of crashImages(before, disk)) {
    const found = await image.disk.stat(target);
    const isRight = found !== undefined && bytes.equals(await readWhole(image.disk, target, 2000));
    const expected = image.after === disk.record.length ? [true] : [true, undefined];
    expect(expected, `after ${image.after}, ${image.lost} lost`).toContain(found && isRight);
  }
});

test("a source that holds something else is read once", async () => {
  await using folder = await testFolder();
  const { bytes, sha256, size } = testArchive(1000);
  await writeFile(folder.at("source"), bytes.toReversed());
  const onProgress = vi.fn<(bytes: number) => void>();
  const wanted = { sha256, size, target: folder.at("archive") };
  await expect(
    copyArchive(nodeFileSystem, folder.at("source"), wanted, { onProgress }),
  ).rejects.toEqual(digestError);
  expect(onProgress.mock.calls).toEqual([[1000]]);
  for (const length of [999, 1001]) {
    await writeFile(folder.at("source"), Buffer.alloc(length));
    const copying = copyArchive(nodeFileSystem, folder.at("source"), wanted, { onProgress });
    await expect(copying).rejects.toEqual(digestError);
  }
  expect(onProgress).toHaveBeenCalledOnce(); // of another length nothing is read
});

test("a wrong file under the name is removed, a link too", async () => {
  await using folder = await testFolder();
  const { bytes, sha256, size } = testArchive(folder.at("right").length); // a link has its target's
  const wanted = { sha256, size, target: folder.at("archive") };
  await writeFile(wanted.target, Buffer.alloc(size));
  expect(await isComplete(nodeFileSystem, wanted)).toBe(false);
  await writeFile(folder.at("right"), bytes);
  await symlink(folder.at("right"), wanted.target);
  expect(await isComplete(nodeFileSystem, wanted)).toBe(false);
  expect(await folder.names()).toEqual(["right"]);
});

test("a full disk is said, and what is there is kept", async () => {
  await using folder = await testFolder();
  const { bytes, sha256, size } = testArchive(3 * 1024 * 1024);
  await writeFile(folder.at("source"), bytes);
  const wanted = { sha256, size, target: folder.at("archive") };
  await expect(
    copyArchive(fullAfter(1024 * 1024), folder.at("source"), wanted),
  ).rejects.toMatchObject({ code: "SPACE" });
  expect(await folder.names()).toEqual(["archive.partial", "source"]);
  expect(await copyArchive(nodeFileSystem, folder.at("source"), wanted)).toBe(2 * 1024 * 1024);
  expect((await readFile(wanted.target)).equals(bytes)).toBe(true);
});

test("a copy keeps to its rate", async () => {
  await using folder = await testFolder();
  const { bytes, sha256, size } = testArchive(200_000);
  await writeFile(folder.at("source"), bytes);
  const startedAt = performance.now();
  const wanted = { sha256, size, target: folder.at("archive"), bytesPerSecond: 1_000_000 };
  await copyArchive(nodeFileSystem, folder.at("source"), wanted);
  expect(performance.now() - startedAt).toBeGreaterThan(180);
});

/** A disk that takes so many bytes. */
function fullAfter(capacity: number): FileSystem {
  return {
    ...nodeFileSystem,
    async open(path, mode) {
      const handle = await nodeFileSystem.open(path, mode);
      let written = 0;
      return {
        ...handle,
        async write(bytes) {
          written += bytes.length;
          if (written > capacity) throw Object.assign(new Error("full"), { code: "ENOSPC" });
          await handle.write(bytes);
        },
      };
    },
  };
}
