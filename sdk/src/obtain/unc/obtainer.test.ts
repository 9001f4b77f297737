import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import {
  archiveOf,
  testArchive,
  testFolder,
  type TestArchive,
} from "../../../test/support/archives.ts";
import { verifies } from "../../../test/support/verifies.ts";
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import { uncObtainer } from "./index.ts";

const signal = new AbortController().signal;

async function putOn(
  root: string,
  { bytes, sha256 }: TestArchive,
  content: Buffer = bytes,
): Promise<string> {
  const path = join(root, "packages", `${sha256}.outrider`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

test("takes the archive from the first root that has it", async () => {
  verifies("step-89");
  await using folder = await testFolder();
  const archive = testArchive(3_000_000);
  await putOn(folder.at("second"), archive);
  const obtainer = uncObtainer({ roots: [folder.at("away"), folder.at("second")] });
  const { sha256, size } = archive;
  const obtained = await obtainer.obtain(
    { sha256, size, target: folder.at("archive") },
    { signal },
  );
  expect(obtained.transferred).toBe(size);
  expect((await readFile(obtained.path)).equals(archive.bytes)).toBe(true);
});

test("resumes after a cut, and reads only what was missing", async () => {
  await using folder = await testFolder();
  const archive = testArchive(4 * 1024 * 1024);
  await putOn(folder.at("share"), archive);
  const { sha256, size } = archive;
  const request = { sha256, size, target: folder.at("archive") };
  const cut = uncObtainer({
    roots: [folder.at("share")],
    fileSystem: cutAfter(2 * 1024 * 1024, sha256),
  });
  await expect(cut.obtain(request, { signal })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  const obtained = await uncObtainer({ roots: [folder.at("share")] }).obtain(request, { signal });
  expect(obtained.transferred).toBe(2 * 1024 * 1024);
  expect((await readFile(obtained.path)).equals(archive.bytes)).toBe(true);
});

test("what an earlier root left wrong is begun anew from the next", async () => {
  await using folder = await testFolder();
  const archive = testArchive(2_000_000);
  const { sha256, size } = archive;
  await putOn(folder.at("bad"), archive, archiveOf(Buffer.alloc(size)).bytes);
  await putOn(folder.at("good"), archive);
  await writeFile(folder.at("archive.partial"), Buffer.alloc(1_000_000));
  const obtainer = uncObtainer({ roots: [folder.at("bad"), folder.at("good")] });
  const obtained = await obtainer.obtain(
    { sha256, size, target: folder.at("archive") },
    { signal },
  );
  expect((await readFile(obtained.path)).equals(archive.bytes)).toBe(true);
});

test.each([
  ["another content", (archive: TestArchive) => Buffer.alloc(archive.size)],
  ["a shorter file", (archive: TestArchive) => archive.bytes.subarray(1)],
  ["a longer file", (archive: TestArchive) => Buffer.concat([archive.bytes, archive.bytes])],
])("%s is refused and leaves nothing", async (_, change) => {
  await using folder = await testFolder();
  const archive = testArchive(1_500_000);
  await putOn(folder.at("share"), archive, change(archive));
  const { sha256, size } = archive;
  const obtaining = uncObtainer({ roots: [folder.at("share")] }).obtain(
    { sha256, size, target: folder.at("archive") },
    { signal },
  );
  await expect(obtaining).rejects.toMatchObject({ code: "PACKAGE_DIGEST" });
  expect(await folder.names()).toEqual(["share"]);
});

test("a file that changes while it is copied is never taken for the right one", async () => {
  await using folder = await testFolder();
  const archive = testArchive(3 * 1024 * 1024);
  const path = await putOn(folder.at("share"), archive);
  const changing: FileSystem = {
    ...nodeFileSystem,
    async open(opened, mode) {
      const handle = await nodeFileSystem.open(opened, mode);
      if (opened !== path) return handle;
      return {
        ...handle,
        async read(buffer, position) {
          if (position > 0) await writeFile(path, Buffer.alloc(archive.size));
          return handle.read(buffer, position);
        },
      };
    },
  };
  const { sha256, size } = archive;
  const obtainer = uncObtainer({ roots: [folder.at("share")], fileSystem: changing });
  await expect(
    obtainer.obtain({ sha256, size, target: folder.at("archive") }, { signal }),
  ).rejects.toMatchObject({ code: "PACKAGE_DIGEST" });
  expect(await folder.names()).toEqual(["share"]);
});

test("links, for the file or its folder, are not followed", async () => {
  await using folder = await testFolder();
  const archive = testArchive(1000);
  const path = await putOn(folder.at("elsewhere"), archive);
  await mkdir(folder.at("linked-file", "packages"), { recursive: true });
  await symlink(path, folder.at("linked-file", "packages", `${archive.sha256}.outrider`));
  await mkdir(folder.at("linked-folder"));
  await symlink(dirname(path), folder.at("linked-folder", "packages"));
  const { sha256, size } = archive;
  for (const root of ["linked-file", "linked-folder"]) {
    const obtaining = uncObtainer({ roots: [folder.at(root)] }).obtain(
      { sha256, size, target: folder.at("archive") },
      { signal },
    );
    await expect(obtaining).rejects.toMatchObject({ code: "UNAVAILABLE" });
  }
});

test("can be cancelled, and is resumed afterwards", async () => {
  await using folder = await testFolder();
  const archive = testArchive(4 * 1024 * 1024);
  await putOn(folder.at("share"), archive);
  const { sha256, size } = archive;
  const controller = new AbortController();
  const request = {
    sha256,
    size,
    target: folder.at("archive"),
    onProgress: () => controller.abort(),
  };
  const obtainer = uncObtainer({ roots: [folder.at("share")] });
  await expect(obtainer.obtain(request, controller)).rejects.toMatchObject({ code: "CANCELLED" });
  const { transferred } = await obtainer.obtain(
    { sha256, size, target: folder.at("archive") },
    { signal },
  );
  expect(transferred).toBeLessThan(size);
});

test("is a bundle of less than 60 KB on its own", async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "index.ts")],
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    write: false,
  });
  expect(outputFiles[0]?.contents.length).toBeLessThan(60_000);
});

/** A share whose reading fails past so many bytes of this archive. */
function cutAfter(bytes: number, sha256: string): FileSystem {
  return {
    ...nodeFileSystem,
    async open(path, mode) {
      const handle = await nodeFileSystem.open(path, mode);
      if (!path.includes(sha256)) return handle;
      return {
        ...handle,
        async read(buffer, position) {
          if (position >= bytes) throw Object.assign(new Error("gone"), { code: "EIO" });
          return handle.read(buffer, position);
        },
      };
    },
  };
}

test("a probe says whether any share answers, and copies nothing", async () => {
  await using folder = await testFolder();
  const { sha256, size } = testArchive(10);
  const request = { sha256, size, target: folder.at("archive") };
  const probe = (...roots: string[]): Promise<unknown> | undefined =>
    uncObtainer({ roots }).probe?.(request, { signal: new AbortController().signal });
  expect(await probe(folder.at("away"))).toBe("unreachable");
  await mkdir(folder.at("share"));
  await writeFile(folder.at("share", "catalog.json"), "anything");
  expect(await probe(folder.at("away"), folder.at("share"))).toBe("reachable");
  expect(await folder.names()).toEqual(["share"]);
});
