import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFileSystem as fileSystem } from "../../ports/index.ts";
import { writeArchive, type NewEntry } from "./write-archive.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outrider-write-"));
});

afterEach(() => rm(root, { recursive: true, force: true }));

function entry(length: number, crc: number, content: string): NewEntry {
  return {
    name: "file",
    mode: 0o644,
    length,
    crc,
    content: async function* () {
      yield Buffer.from(content);
    },
  };
}

test("4 GiB are refused before the first byte", async () => {
  const entries = Array.from({ length: 4 }, () => entry(2 ** 30, 0, ""));
  await expect(writeArchive(join(root, "a"), entries, { fileSystem })).rejects.toMatchObject({
    code: "PACKAGE_LIMIT",
  });
  expect(await readdir(root)).toEqual([]);
});

test.each([
  ["another length", entry(5, 0x3610a686, "hell")],
  ["other bytes", entry(5, 0x3610a686, "hallo")],
])("content that has %s than its facts is refused", async (_, wrong) => {
  await expect(writeArchive(join(root, "a"), [wrong], { fileSystem })).rejects.toMatchObject({
    code: "PACKAGE_MALFORMED",
  });
});

test("right content is written", async () => {
  const right = entry(5, 0x3610a686, "hello");
  expect(await writeArchive(join(root, "a"), [right], { fileSystem })).toMatchObject({
    size: 30 + 4 + 5 + 46 + 4 + 22,
  });
});
