/** The same input gives the same bytes, whatever the order of files on the disk, the time zone and the umask. */
import { chmod, mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { buildPackage } from "../../src/package/build/index.ts";
import { testFolder, type TestFolder } from "../support/archives.ts";

const files = Object.fromEntries(
  Array.from({ length: 40 }, (_, at) => [
    `d${at % 5}/file-${at}.txt`,
    `content ${at} `.repeat(at * 50),
  ]),
);

async function build(
  folder: TestFolder,
  order: (paths: string[]) => string[],
  mode: number,
): Promise<Buffer> {
  for (const path of order(Object.keys(files))) {
    await mkdir(dirname(folder.at(path)), { recursive: true });
    await writeFile(folder.at(path), files[path] ?? "");
    await chmod(folder.at(path), mode);
    await utimes(folder.at(path), 1_000_000 + mode, 2_000_000 + mode);
  }
  const source = {
    name: "demo",
    version: "1.0.0",
    files: [{ from: "d*/**" }],
    install: { strategy: "directory" },
  };
  await writeFile(folder.at("outrider.json"), JSON.stringify(source));
  const { archivePath } = await buildPackage({
    sourceFile: folder.at("outrider.json"),
    outputDirectory: folder.at("dist"),
    releasedAt: new Date("2026-11-22T12:00:00Z"),
    threads: mode === 0o644 ? 1 : 2,
  });
  return readFile(archivePath);
}

test("another order, other times, other permissions for others, another number of threads", async () => {
  await using one = await testFolder();
  await using two = await testFolder();
  const first = await build(one, (paths) => paths, 0o644);
  const second = await build(two, (paths) => paths.toReversed(), 0o600);
  expect(first.equals(second)).toBe(true);
});
