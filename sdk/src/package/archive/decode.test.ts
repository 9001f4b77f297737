/** Entries whose stored bytes are not what they should be, small ones (read whole) and large ones (streamed). */
import { hash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, crc32, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeFileSystem as fileSystem } from "../../ports/index.ts";
import type { Manifest } from "../../schema/index.ts";
import { headEntries, writeArchive } from "../build/write-archive.ts";
import { checkContents } from "../contents.ts";
import { wholeFileBytes } from "../limits.ts";
import { extractArchive } from "./extract.ts";
import { openArchive } from "./open.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outrider-decode-"));
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** Makes an archive of one file whose stored bytes and index are as given, opens it, and extracts it. */
async function extract(
  content: Uint8Array,
  stored: Uint8Array,
  encoding: "identity" | "zstd",
  more: Partial<Manifest["files"][0]> = {},
): Promise<void> {
  const file = {
    path: "file",
    size: content.length,
    mode: "644" as const,
    sha256: hash("sha256", content),
    ...more,
  };
  const document: Manifest = {
    type: "manifest/1",
    name: "demo",
    version: "1.0.0",
    releasedAt: "2026-11-22T00:00:00Z",
    kind: "program",
    install: { strategy: "directory" },
    files: [file],
  };
  const bytes = Buffer.from(JSON.stringify(document));
  const indexed = { path: "file", encoding, length: stored.length };
  const path = join(root, "a.outrider");
  const written = await writeArchive(
    path,
    [
      ...headEntries(bytes, "", { type: "archive/1", entries: [indexed] }),
      {
        name: "file",
        mode: 0o644,
        length: stored.length,
        crc: crc32(stored),
        content: async function* () {
          yield stored;
        },
      },
    ],
    { fileSystem },
  );
  const archive = await openArchive({ path, ...written });
  try {
    await extractArchive(archive, {
      manifest: { document, bytes },
      targetDirectory: join(root, "x"),
    });
    await checkContents(archive, { document, bytes });
  } finally {
    await archive.close();
  }
}

const compress = (content: Uint8Array): Buffer => zstdCompressSync(content);

describe.each([
  ["small", 10_000],
  ["large", 2 * wholeFileBytes],
])("a %s file", (_, size) => {
  // Half noise, so that the stored form is as large as its kind should be.
  const content = Buffer.concat([randomBytes(size / 2 + 1000), Buffer.alloc(size / 2 - 1000)]);
  const frame = compress(content);

  test("is extracted", async () => {
    await extract(content, frame, "zstd");
    expect(await readdir(join(root, "x"))).toEqual(["file"]);
  });

  test.each<[string, Uint8Array]>([
    ["bytes behind the frame", Buffer.concat([frame, Buffer.from("more")])],
    ["a second, empty frame", Buffer.concat([frame, compress(new Uint8Array(0))])],
    ["half a frame", frame.subarray(0, frame.length / 2)],
    [
      "a damaged frame",
      Buffer.concat([frame.subarray(0, 9), Buffer.alloc(64, 0xff), frame.subarray(73)]),
    ],
    ["no frame", randomBytes(frame.length)],
    ["nothing", new Uint8Array(0)],
    ["more than the signed size", compress(Buffer.concat([content, Buffer.from("x")]))],
    ["a bomb", compress(Buffer.alloc(64 * 1024 * 1024))],
    ["less than the signed size", compress(content.subarray(1))],
    ["other bytes", compress(content.toReversed())],
  ])("is refused for %s, and nothing is left", async (_, stored) => {
    await expect(extract(content, stored, "zstd")).rejects.toMatchObject({
      code: "PACKAGE_MISMATCH",
    });
    expect(await readdir(root)).toEqual(["a.outrider"]);
  });

  test("is refused for a window that would cost more than 8 MiB", async () => {
    const long = Buffer.alloc(32 * 1024 * 1024, "abc");
    const wide = zstdCompressSync(long, { params: { [constants.ZSTD_c_windowLog]: 24 } });
    await expect(extract(long, wide, "zstd")).rejects.toMatchObject({ code: "PACKAGE_ENCODING" });
    expect(await readdir(root)).toEqual(["a.outrider"]);
  });

  test.each<[string, Uint8Array, object]>([
    ["another digest", content, { sha256: "0".repeat(64) }],
    ["another length", content.subarray(1), {}],
  ])("is refused as itself with %s", async (_, stored, more) => {
    await expect(extract(content, stored, "identity", more)).rejects.toMatchObject({
      code: "PACKAGE_MISMATCH",
    });
  });

  test("is refused compressed to no less than it was", async () => {
    const noise = randomBytes(size);
    await expect(extract(noise, compress(noise), "zstd")).rejects.toMatchObject({
      code: "PACKAGE_MALFORMED",
    });
  });
});
