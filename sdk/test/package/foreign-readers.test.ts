/** An archive is a ZIP that anyone can open: unzip, Python and jszip see the same files with the same bytes. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import JSZip from "jszip";
import { expect, test } from "vitest";
import { buildPackage, sealPackage, type BuiltPackage } from "../../src/package/build/index.ts";
import { testFolder, type TestFolder } from "../support/archives.ts";
import { testKey } from "../support/keys.ts";
import { outsideTool } from "../support/tools.ts";

const payload: Readonly<Record<string, Buffer>> = {
  "bin/run.sh": Buffer.from("#!/bin/sh\n"),
  "data/text.txt": Buffer.from("again and again ".repeat(10_000)),
  "data/noise.bin": randomBytes(300_000),
  "data/empty": Buffer.alloc(0),
  "docs/Überblick.md": Buffer.from("# Überblick\n"),
};

async function build(folder: TestFolder): Promise<BuiltPackage> {
  for (const [path, content] of Object.entries(payload)) {
    await mkdir(dirname(folder.at("in", path)), { recursive: true });
    await writeFile(folder.at("in", path), content);
  }
  const source = {
    name: "demo",
    version: "1.0.0",
    files: [{ from: "in/**", base: "in" }],
    install: { strategy: "directory" },
  };
  await writeFile(folder.at("outrider.json"), JSON.stringify(source));
  const built = await buildPackage({
    sourceFile: folder.at("outrider.json"),
    outputDirectory: folder.at("dist"),
    releasedAt: new Date("2026-11-22T12:00:00Z"),
  });
  const signature = await testKey("Ada").source.sign(Buffer.from(built.manifestText));
  await sealPackage({ directory: built.directory, signatures: signature });
  return built;
}

const names = ["manifest.json", "manifest.json.asc", "archive.json", ...Object.keys(payload)];

test("jszip reads every entry; what is stored as zstd is plain zstd", async () => {
  await using folder = await testFolder();
  const { archivePath, manifestText } = await build(folder);
  const zip = await JSZip.loadAsync(await readFile(archivePath), { checkCRC32: true });
  expect(Object.keys(zip.files).toSorted()).toEqual(names.toSorted());
  const content = async (name: string): Promise<Buffer> =>
    (await zip.file(name)?.async("nodebuffer")) ?? Buffer.alloc(0);
  expect((await content("manifest.json")).toString()).toBe(manifestText);
  const { entries } = JSON.parse((await content("archive.json")).toString()) as {
    entries: { path: string; encoding: string }[];
  };
  for (const { path, encoding } of entries) {
    const stored = await content(path);
    expect(encoding === "zstd" ? zstdDecompressSync(stored) : stored).toEqual(payload[path]);
  }
  expect(entries.map(({ encoding }) => encoding).toSorted()).toEqual([
    "identity",
    "identity",
    "identity",
    "identity",
    "zstd",
  ]);
});

test("unzip finds no fault, and lists the same names", async () => {
  const unzip = outsideTool("unzip");
  if (unzip === undefined) return;
  await using folder = await testFolder();
  const { archivePath } = await build(folder);
  expect(execFileSync(unzip, ["-t", archivePath], { encoding: "utf8" })).toContain(
    "No errors detected",
  );
  const listed = execFileSync(unzip, ["-Z1", archivePath], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  expect(listed.trim().split("\n")).toEqual(
    names.slice(0, 3).concat(Object.keys(payload).toSorted()),
  );
});

test("Python's zipfile finds no fault", async () => {
  const python = outsideTool("python3");
  if (python === undefined) return;
  await using folder = await testFolder();
  const { archivePath } = await build(folder);
  const program =
    "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), len(z.namelist()))";
  expect(execFileSync(python, ["-c", program, archivePath], { encoding: "utf8" }).trim()).toBe(
    `None ${names.length}`,
  );
});
