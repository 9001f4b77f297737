import { createHash } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { testFolder, type TestFolder } from "../../../test/support/archives.ts";
import { crashImages } from "../../../test/support/crash-images.ts";
import { MemoryDisk } from "../../../test/support/memory-disk.ts";
import { nodeFileSystem, readWhole, type FileSystem } from "../../ports/index.ts";
import { PartSpool, type PartSpoolOptions } from "./index.ts";

const piece = 64 * 1024;
const hour = 3_600_000;

function partOf(seed: number, bytes = piece): Buffer {
  return Buffer.alloc(bytes, `${seed} `);
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function spoolIn(folder: TestFolder, options: Partial<PartSpoolOptions> = {}): PartSpool {
  return new PartSpool({ directory: folder.at("parts"), maxBytes: 4 * piece, ...options });
}

async function put(spool: PartSpool, bytes: Uint8Array): Promise<boolean> {
  const sink = await spool.openPart();
  for (let at = 0; at < bytes.length; at += 1000) await sink.write(bytes.subarray(at, at + 1000));
  return sink.close();
}

test("parts are known by their bytes: any order, copies, over a restart", async () => {
  await using folder = await testFolder();
  const bytes = [1, 2, 3].map((seed) => partOf(seed));
  const parts = bytes.map(digest);
  const spool = spoolIn(folder);
  expect(await put(spool, partOf(3))).toBe(true);
  expect(await put(spool, partOf(1))).toBe(true);
  expect(await put(spool, partOf(1))).toBe(true);
  expect(await spool.missing(parts)).toEqual([2]);
  const later = spoolIn(folder);
  expect(await later.missing(parts)).toEqual([2]);
  let complete = 0;
  later.onComplete(() => complete++);
  await later.want({ archive: digest(Buffer.concat(bytes)), parts });
  await put(later, partOf(4));
  expect(complete).toBe(0);
  await later.want({ archive: "b".repeat(64), parts: [5, 6].map((seed) => digest(partOf(seed))) });
  await put(later, partOf(5));
  expect(complete).toBe(0);
  await put(later, partOf(2));
  await put(later, partOf(7)); // nobody's
  expect(complete).toBe(1);
  expect(await later.missing(parts)).toEqual([]);
});

test("the oldest that nobody wants makes room; what is wanted never does, however much comes", async () => {
  await using folder = await testFolder();
  const now = { ms: Date.now() };
  const clock = { now: () => new Date(now.ms++) };
  const spool = spoolIn(folder, { clock });
  const wanted = [1, 2, 3].map((seed) => digest(partOf(seed)));
  for (const seed of [10, 1, 11, 2]) expect(await put(spool, partOf(seed))).toBe(true);
  await spool.want({ archive: "a".repeat(64), parts: wanted });
  expect(await put(spool, partOf(12))).toBe(true); // 10 goes
  expect(await spool.missing([10, 11, 12].map((seed) => digest(partOf(seed))))).toEqual([1]);
  for (let seed = 100; seed < 300; seed++) await put(spool, partOf(seed, 1 + (seed % 500)));
  expect(await spool.missing(wanted)).toEqual([3]);
  expect(await put(spool, partOf(3))).toBe(true);
  expect(await spool.missing(wanted)).toEqual([]);
  expect(await put(spool, partOf(400, 2 * piece))).toBe(false); // more than is left: nothing else goes for it
  expect((await readdir(folder.at("parts"))).filter((name) => name.length === 64)).toHaveLength(4);
  // A restart forgets neither.
  const later = spoolIn(folder, { clock });
  for (let seed = 500; seed < 520; seed++) await put(later, partOf(seed));
  expect(await later.missing(wanted)).toEqual([]);
});

test("what was wanted once, and came in another way, makes room for what is wanted now", async () => {
  await using folder = await testFolder();
  const now = { ms: Date.now() };
  const spool = spoolIn(folder, { clock: { now: () => new Date(now.ms) } });
  const old = [1, 2, 3, 4].map((seed) => partOf(seed));
  await spool.want({ archive: "a".repeat(64), parts: old.map(digest) });
  for (const part of old) await put(spool, part);
  const fresh = partOf(5);
  await spool.want({ archive: "b".repeat(64), parts: [digest(fresh)] });
  expect(await put(spool, fresh)).toBe(false);
  now.ms += 2 * 86_400_000;
  await spool.want({ archive: "b".repeat(64), parts: [digest(fresh)] });
  expect(await put(spool, partOf(6))).toBe(false);
  expect(await put(spool, fresh)).toBe(true);
});

test("a want that is uttered again still knows how often was asked, and another's parts stay", async () => {
  await using folder = await testFolder();
  const now = { ms: Date.now() };
  const spool = spoolIn(folder, { clock: { now: () => new Date(now.ms) } });
  const [own, shared] = [1, 2].map((seed) => digest(partOf(seed))) as [string, string];
  const wanted = { archive: "a".repeat(64), parts: [own, shared] };
  await spool.want(wanted);
  await spool.want({ archive: "b".repeat(64), parts: [shared] });
  const asked = { missing: 2, progressAt: now.ms, requests: 3 };
  await spool.noteAsked(wanted.archive, asked);
  now.ms += 2 * hour;
  expect((await spool.want(wanted)).asked).toEqual(asked);
  expect((await spoolIn(folder).want(wanted)).asked).toEqual(asked);
  for (const seed of [1, 2]) await put(spool, partOf(seed));
  await spool.release(wanted);
  expect(await spool.missing([own, shared])).toEqual([1]);
});

test("after a power cut a part that was taken is there, and whole", async () => {
  const before = new MemoryDisk();
  await before.makeDirectory("/parts");
  const disk = before.clone();
  const part = partOf(1);
  expect(await put(new PartSpool({ directory: "/parts", fileSystem: disk }), part)).toBe(true);
  for (const image of crashImages(before, disk)) {
    const path = `/parts/${digest(part)}`;
    const isThere = (await image.disk.stat(path)) !== undefined;
    if (image.after === disk.record.length) expect(isThere, `${image.lost} lost`).toBe(true);
    const found = isThere ? await readWhole(image.disk, path, 2 * piece) : part;
    expect(digest(found), `after ${image.after}, ${image.lost} lost`).toBe(digest(part));
  }
});

test("age ends what nobody wants and what nobody wants any more", async () => {
  await using folder = await testFolder();
  const now = { ms: Date.now() };
  const clock = { now: () => new Date(now.ms) };
  const spool = spoolIn(folder, { clock, maxAgeMs: 1000 });
  await spool.want({ archive: "a".repeat(64), parts: [digest(partOf(1))] });
  for (const seed of [1, 2]) await put(spool, partOf(seed));
  now.ms += 5000;
  expect(await put(spool, partOf(3))).toBe(true);
  expect(await spool.missing([1, 2, 3].map((seed) => digest(partOf(seed))))).toEqual([1, 2]);
});

test("a part is as old as may be while it is wanted", async () => {
  await using folder = await testFolder();
  const now = { ms: Date.now() };
  const spool = spoolIn(folder, { clock: { now: () => new Date(now.ms) }, maxAgeMs: 5 * hour });
  const wanted = { archive: "a".repeat(64), parts: [digest(partOf(1))] };
  await put(spool, partOf(1));
  await spool.want(wanted);
  now.ms += 3 * hour;
  await spool.want(wanted);
  now.ms += 3 * hour;
  await put(spool, partOf(2));
  expect(await spool.missing(wanted.parts)).toEqual([]);
});

test("a disk that was away may come back; the spool is its owner's alone, however it was made", async () => {
  await using folder = await testFolder();
  await mkdir(folder.at("parts"), { mode: 0o755 });
  let isAway = true;
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    list: (path) => (isAway ? Promise.reject(new Error("away")) : nodeFileSystem.list(path)),
  };
  const spool = spoolIn(folder, { fileSystem });
  await expect(put(spool, partOf(1))).rejects.toThrow("away");
  isAway = false;
  expect(await put(spool, partOf(1))).toBe(true);
  if (process.platform !== "win32")
    expect((await nodeFileSystem.stat(folder.at("parts")))?.mode).toBe(0o700);
});

test("what a kill cut off, and what rotted, is found", async () => {
  await using folder = await testFolder();
  const spool = spoolIn(folder);
  const sink = await spool.openPart();
  await sink.write(partOf(1));
  for (const seed of [2, 3]) await put(spool, partOf(seed));
  const parts = [2, 3].map((seed) => digest(partOf(seed)));
  await spool.want({ archive: "a".repeat(64), parts });
  await writeFile(folder.at("parts", parts[0] ?? ""), "rot");
  await writeFile(folder.at("parts", "wanted", `${"b".repeat(64)}.json`), "{");
  const later = spoolIn(folder);
  expect(await later.missing(parts)).toEqual([]);
  expect(await later.dropDamaged(parts)).toBe(1);
  expect(await later.missing(parts)).toEqual([1]);
  expect((await readdir(folder.at("parts"))).toSorted()).toEqual([String(parts[1]), "wanted"]);
  await sink.discard();
  expect(await readdir(folder.at("parts", "wanted"))).toEqual([`${"a".repeat(64)}.json`]);
  await later.release({ archive: "a".repeat(64), parts });
  expect(await readdir(folder.at("parts"))).toEqual(["wanted"]);
});
