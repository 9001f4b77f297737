/** P1: every shape of hostile archive is refused as a whole, before anything is moved into place. */
import { mkdir, readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { OutriderError } from "../../src/errors/index.ts";
import { checkManifest, extractArchive, openArchive } from "../../src/package/index.ts";
import { testFolder, type TestFolder } from "../support/archives.ts";
import {
  hostileZip,
  placeArchive,
  trueArchive,
  type TrueArchive,
} from "../support/hostile-archive.ts";
import { hostileShapes } from "../support/hostile-shapes.ts";
import { verifies } from "../support/verifies.ts";

const good = trueArchive({ "a.txt": "alpha", "b/c.txt": "beta" });

/** Extracts beside other files, and gives what became of it and what lies there afterwards. */
async function attempt(
  folder: TestFolder,
  bytes: Uint8Array,
  { manifest }: TrueArchive,
): Promise<{ outcome: string; left: string[] }> {
  await mkdir(folder.at("out"), { recursive: true });
  const named = await placeArchive(folder.at("in"), bytes);
  const outcome = await (async () => {
    const archive = await openArchive(named);
    try {
      await extractArchive(archive, { manifest, targetDirectory: folder.at("out", "target") });
      return "extracted";
    } finally {
      await archive.close();
    }
  })().catch((error: unknown) => (error as { code?: string }).code ?? String(error));
  return { outcome, left: (await readdir(folder.path, { recursive: true })).toSorted() };
}

async function expectRefused(bytes: Uint8Array, archive: TrueArchive = good): Promise<void> {
  await using folder = await testFolder();
  const { outcome, left } = await attempt(folder, bytes, archive);
  expect(outcome).toMatch(/^(PACKAGE_(MALFORMED|MISMATCH|PATH)|DOCUMENT_INVALID)$/);
  expect(left).toEqual(["in", "in/hostile.outrider", "out"]);
}

test("the same archive without a fault is extracted: the shapes below are refused for their fault alone", async () => {
  await using folder = await testFolder();
  const { outcome, left } = await attempt(folder, hostileZip(good.entries), good);
  expect(outcome).toBe("extracted");
  expect(left).toContain("out/target/b/c.txt");
});

test("P1 what lies there already is not taken for the place of the package, not even an empty folder", async () => {
  await using folder = await testFolder();
  await mkdir(folder.at("out", "target"), { recursive: true });
  const { outcome, left } = await attempt(folder, hostileZip(good.entries), good);
  expect(outcome).toBe("FILE_EXISTS");
  expect(left).toEqual(["in", "in/hostile.outrider", "out", "out/target"]);
});

test.each(hostileShapes(good))("P1 %s", async (_name, bytes) => {
  await expectRefused(bytes);
});

/** Names that a stolen release key could sign: the reader does not trust the manifest's names either. */
const names: readonly string[] = [
  "../../etc/evil",
  "/etc/evil",
  "C:/evil",
  String.raw`..\..\evil`,
  "a/../evil",
  "./evil",
  "a//b",
  "evil/",
  "",
  ".",
  "..",
  "a.txt:evil",
  "a\0b",
  "a\nb",
  "CON",
  "aux.txt",
  "com1/x",
  "trailing.",
  "trailing ",
  "manifest.json",
  "archive.json",
  "a\u202etxt.exe",
  "x".repeat(1025),
];
test.each(names.map((name) => [JSON.stringify(name.slice(0, 30)), name]))(
  "P1 the name %s",
  async (_shown, name) => {
    const archive = trueArchive({ [name]: "evil" });
    expect(() => checkManifest(archive.manifest.document, "the manifest")).toThrow(OutriderError);
    await expectRefused(hostileZip(archive.entries), archive);
  },
);

test.each([
  ["case twins", { "File.txt": "a", "file.TXT": "b" }],
  ["composed and decomposed twins", { "caf\u00e9": "a", "cafe\u0301": "b" }],
  ["a file where another's folder must be", { a: "a", "a/b": "b" }],
  ["a folder's case twin", { "A/b": "a", "a/c": "b", a: "c" }],
])("P1 %s", async (_name, files) => {
  const archive = trueArchive(files);
  await expectRefused(hostileZip(archive.entries), archive);
});

test("P5 a manifest other than the signed one at the archive's head is refused", async () => {
  const other = trueArchive({ "a.txt": "alpha", "b/c.txt": "evil" });
  await expectRefused(hostileZip(other.entries));
});

test("P7 every prefix and every single changed byte of a good archive is refused as a whole", async () => {
  verifies("step-90");
  await using folder = await testFolder();
  const bytes = hostileZip(good.entries);
  const outcomes = new Set<string>();
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x41;
    outcomes.add((await attempt(folder, changed, good)).outcome);
    outcomes.add((await attempt(folder, bytes.subarray(0, at), good)).outcome);
  }
  for (const outcome of outcomes)
    expect(outcome).toMatch(
      /^(PACKAGE_(MALFORMED|MISMATCH|PATH|ENCODING)|JSON_\w+|DOCUMENT_INVALID|SIGNATURE_\w+)$/,
    );
  expect(await readdir(folder.at("out"))).toEqual([]);
});
