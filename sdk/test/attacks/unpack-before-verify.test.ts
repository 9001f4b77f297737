/** P2, P3: nothing is decoded before the whole archive has its signed digest, and what was verified is what is installed. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { extractArchive, openArchive } from "../../src/package/index.ts";
import { nodeFileSystem, type FileSystem } from "../../src/ports/index.ts";
import { testFolder } from "../support/archives.ts";
import { hostileZip, placeArchive, trueArchive } from "../support/hostile-archive.ts";
import { whileSwapping } from "../support/swapper.ts";

const good = trueArchive({ "a.txt": "alpha", "b.txt": "beta" });

/** Counts how often bytes are read, and how many. */
function counting(): { fileSystem: FileSystem; reads: number[] } {
  const reads: number[] = [];
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      const handle = await nodeFileSystem.open(path, mode);
      return {
        ...handle,
        async read(buffer, position) {
          reads.push(position);
          return handle.read(buffer, position);
        },
      };
    },
  };
  return { fileSystem, reads };
}

test.each([
  [
    "a changed byte",
    (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 200 ? byte ^ 1 : byte))),
  ],
  ["another length", (bytes: Buffer) => Buffer.concat([bytes, Buffer.from("x")])],
])("P2 %s: refused by digest, read once front to back and never decoded", async (_name, change) => {
  await using folder = await testFolder();
  const bytes = hostileZip(good.entries);
  const { sha256, size } = await placeArchive(folder.at("in"), bytes);
  await writeFile(folder.at("in", "hostile.outrider"), change(bytes));
  const { fileSystem, reads } = counting();
  await expect(
    openArchive({ path: folder.at("in", "hostile.outrider"), sha256, size }, { fileSystem }),
  ).rejects.toMatchObject({
    code: "PACKAGE_DIGEST",
  });
  expect(reads).toEqual(reads.toSorted((left, right) => left - right));
});

test("P3 an archive that is replaced after it was verified: what was verified is installed", async () => {
  const evil = hostileZip(trueArchive({ "a.txt": "EVIL!", "b.txt": "EVIL" }).entries);
  for (let run = 0; run < 100; run++) {
    await using folder = await testFolder();
    const named = await placeArchive(folder.at("in"), hostileZip(good.entries));
    const archive = await openArchive(named);
    await writeFile(folder.at("evil"), evil);
    await rename(folder.at("evil"), named.path);
    await extractArchive(archive, {
      manifest: good.manifest,
      targetDirectory: folder.at("target"),
    });
    await archive.close();
    expect(await readFile(folder.at("target", "a.txt"), "utf8")).toBe("alpha");
  }
});

test("P3 an archive that is written over in place after it was verified: refused, or what was verified is installed", async () => {
  const evil = hostileZip(trueArchive({ "a.txt": "EVIL!", "b.txt": "EVIL" }).entries);
  for (let run = 0; run < 100; run++) {
    await using folder = await testFolder();
    const named = await placeArchive(folder.at("in"), hostileZip(good.entries));
    const archive = await openArchive(named);
    const writing = writeFile(named.path, evil);
    const outcome = await extractArchive(archive, {
      manifest: good.manifest,
      targetDirectory: folder.at("target"),
    }).then(
      () => readFile(folder.at("target", "a.txt"), "utf8"),
      (error: unknown) => (error as { code: string }).code,
    );
    await writing;
    await archive.close();
    expect(outcome).toMatch(/^(alpha|PACKAGE_\w+)$/);
  }
});

test("P3 a thread that swaps the archive all the time, 1,000 runs: what was verified is installed, or nothing", async () => {
  await using folder = await testFolder();
  const evil = hostileZip(trueArchive({ "a.txt": "EVIL!", "b.txt": "EVIL" }).entries);
  const named = await placeArchive(folder.at("in"), hostileZip(good.entries));
  await writeFile(folder.at("good"), hostileZip(good.entries));
  await writeFile(folder.at("evil"), evil);
  const files = { path: named.path, good: folder.at("good"), evil: folder.at("evil") };
  const outcomes = new Map<string, number>();
  await whileSwapping(files, async () => {
    for (let run = 0; run < 1000; run++) {
      const targetDirectory = folder.at(`target-${run}`);
      const outcome = await (async () => {
        const archive = await openArchive(named);
        try {
          await extractArchive(archive, { manifest: good.manifest, targetDirectory });
          return await readFile(folder.at(`target-${run}`, "a.txt"), "utf8");
        } finally {
          await archive.close();
        }
      })().catch((error: unknown) => (error as { code: string }).code);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  });
  expect([...outcomes.keys()].toSorted()).toEqual(["PACKAGE_DIGEST", "alpha"]);
});
