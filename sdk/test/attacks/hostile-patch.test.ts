/** P1, P3 for patches: an index that lies, a base that is not what it was, and bombs with a dictionary. */
import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  extractArchive,
  openArchive,
  type BaseRelease,
  type SignedManifest,
} from "../../src/package/index.ts";
import { testFolder, type TestFolder } from "../support/archives.ts";
import { placeArchive, trueArchive } from "../support/hostile-archive.ts";
import {
  delta,
  digestOf,
  hostilePatch,
  type HostilePatchEntry,
  installed,
  layOutBase,
  newer,
  wanted,
} from "../support/hostile-patch.ts";
import { whileSwapping } from "../support/swapper.ts";
import { verifies } from "../support/verifies.ts";

/** What became of it. */
async function attempt(
  folder: TestFolder,
  bytes: Uint8Array,
  base: BaseRelease,
  manifest: SignedManifest = newer,
  target = "target",
): Promise<string> {
  const named = await placeArchive(folder.at("in"), bytes);
  const work = async (): Promise<string> => {
    const archive = await openArchive(named);
    try {
      await extractArchive(archive, { manifest, base, targetDirectory: folder.at(target) });
      return "extracted";
    } finally {
      await archive.close();
    }
  };
  return work().catch((error: unknown) => (error as { code?: string }).code ?? String(error));
}

test("the same patch without a fault is applied: those below are refused for their fault alone", async () => {
  await using folder = await testFolder();
  expect(await attempt(folder, hostilePatch(), await layOutBase(folder))).toBe("extracted");
  expect(await readFile(folder.at("target", "app.bin"), "utf8")).toBe(wanted["app.bin"]);
});

const big = digestOf(installed["app.bin"]);
const small = digestOf(installed["small.txt"]);
const right = delta(wanted["app.bin"], installed["app.bin"]);
const patch = (data: Uint8Array, base = big): HostilePatchEntry => ({
  encoding: "zstd-patch",
  base,
  data,
});
const lies = trueArchive(wanted, {
  version: "1.1.0",
  files: newer.document.files.map((file) =>
    file.path === "small.txt" ? { ...file, size: 4_000_000 } : file,
  ),
}).manifest;

test.each<[string, string, Parameters<typeof hostilePatch>]>([
  [
    "a bomb with a window as large as it",
    "PACKAGE_ENCODING",
    [{ "app.bin": patch(delta(installed["app.bin"].repeat(30), installed["app.bin"], 27)) }],
  ],
  [
    "a bomb with a small window",
    "PACKAGE_MISMATCH",
    [{ "app.bin": patch(delta(Buffer.alloc(50_000_000), installed["app.bin"], 20)) }],
  ],
  [
    "a base that the release does not have",
    "PACKAGE_BASE",
    [{ "app.bin": patch(right, digestOf("another")) }],
  ],
  ["another file of the base", "PACKAGE_MISMATCH", [{ "app.bin": patch(right, small) }]],
  [
    "a difference without its dictionary",
    "PACKAGE_MISMATCH",
    [{ "app.bin": { encoding: "zstd", data: right } }],
  ],
  [
    "bytes behind the difference",
    "PACKAGE_MISMATCH",
    [{ "app.bin": patch(Buffer.concat([right, Buffer.from("more")])) }],
  ],
  [
    "a second frame",
    "PACKAGE_MISMATCH",
    [{ "app.bin": patch(Buffer.concat([right, zstdCompressSync(Buffer.from("more"))])) }],
  ],
  ["half of it", "PACKAGE_MISMATCH", [{ "app.bin": patch(right.subarray(0, right.length / 2)) }]],
  [
    "noise as large as the file",
    "PACKAGE_MALFORMED",
    [{ "app.bin": patch(randomBytes(wanted["app.bin"].length)) }],
  ],
  ["a path as its base", "DOCUMENT_INVALID", [{ "app.bin": patch(right, "../../../etc/passwd") }]],
  [
    "a file that is the same, with a path",
    "DOCUMENT_INVALID",
    [{ "small.txt": { encoding: "same", base: "../../../etc/passwd" } }],
  ],
  ["the same for a file that changed", "PACKAGE_BASE", [{ "app.bin": { encoding: "same" } }]],
  ["the same for a file of another size", "PACKAGE_MISMATCH", [{}, { manifest: lies }]],
  [
    "the same, and an entry with its bytes",
    "DOCUMENT_INVALID",
    [{ "small.txt": { encoding: "same", length: 4, data: Buffer.from("evil") } }],
  ],
  ["no base named", "PACKAGE_MALFORMED", [{}, { base: "none" }]],
  ["another release as its base", "PACKAGE_BASE", [{}, { base: digestOf("another") }]],
])("P1 %s: refused with %s, and nothing is left", async (_name, code, [entries, options]) => {
  await using folder = await testFolder();
  const base = await layOutBase(folder);
  const before = process.memoryUsage().rss;
  const manifest = options?.manifest ?? newer;
  expect(await attempt(folder, hostilePatch(entries, options), base, manifest)).toBe(code);
  expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
  expect((await readdir(folder.path)).toSorted()).toEqual(["in", "installed"]);
  expect(await readFile(folder.at("installed", "app.bin"), "utf8")).toBe(installed["app.bin"]);
});

test("P1 a window far larger than the file is refused before it is made", async () => {
  await using folder = await testFolder();
  const base = await layOutBase(folder);
  const frame = Buffer.from(right);
  // A frame header without a content size: descriptor 0x00, and a window of 1 GiB (RFC 8878 3.1.1.1.2).
  const wide = Buffer.concat([frame.subarray(0, 4), Buffer.from([0x00, 0xa0]), frame.subarray(9)]);
  const bytes = hostilePatch({ "app.bin": patch(wide) });
  const before = process.memoryUsage().rss;
  expect(await attempt(folder, bytes, base)).toBe("PACKAGE_ENCODING");
  expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
});

test("P1 a patch with a byte changed, or cut off, wherever that is, is refused", async () => {
  verifies("step-90");
  await using folder = await testFolder();
  const base = await layOutBase(folder);
  const bytes = hostilePatch();
  const outcomes = new Set<string>();
  for (let at = 0; at < bytes.length; at += at < 1500 ? 37 : 2999) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x41;
    outcomes.add(await attempt(folder, changed, base));
    outcomes.add(await attempt(folder, bytes.subarray(0, at), base));
  }
  for (const outcome of outcomes)
    expect(outcome).toMatch(
      /^(PACKAGE_(MALFORMED|MISMATCH|ENCODING|BASE)|JSON_\w+|DOCUMENT_INVALID)$/,
    );
  expect((await readdir(folder.path)).toSorted()).toEqual(["in", "installed"]);
});

test("P3 a thread that swaps a file of the base all the time: the signed files, or nothing", async () => {
  await using folder = await testFolder();
  const base = await layOutBase(folder);
  const path = folder.at("installed", "small.txt");
  await writeFile(folder.at("good"), installed["small.txt"]);
  await writeFile(folder.at("evil"), "SMALL");
  const files = { path, good: folder.at("good"), evil: folder.at("evil") };
  const outcomes = new Set<string>();
  await whileSwapping(files, async () => {
    // Sixty times, and on a busy machine until the thread has had its turn between two of them.
    for (let run = 0; run < 60 || outcomes.size < 2; run++) {
      const outcome = await attempt(folder, hostilePatch(), base, newer, `target-${run}`);
      if (outcome === "extracted")
        expect(await readFile(folder.at(`target-${run}`, "small.txt"), "utf8")).toBe("small");
      outcomes.add(outcome);
    }
  });
  expect([...outcomes].toSorted()).toEqual(["PACKAGE_BASE", "extracted"]);
});
