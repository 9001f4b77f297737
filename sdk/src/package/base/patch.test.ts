/** Patch archives from files to files: built, sealed, opened, applied to an installed release. */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testFolder, type TestFolder } from "../../../test/support/archives.ts";
import { nodeFileSystem as fileSystem } from "../../ports/index.ts";
import type { SourceManifest } from "../../schema/index.ts";
import { extractArchive } from "../archive/extract.ts";
import { openArchive } from "../archive/open.ts";
import { buildPackage, sealPackage, type BuiltPackage } from "../build/index.ts";
import { checkContents, contentsSha512 } from "../contents.ts";
import { inspectPackage } from "../inspect.ts";
import { wholeFileBytes } from "../limits.ts";
import { archivedBase } from "./archived.ts";
import { installedBase, type InstalledBase } from "./installed.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

let folder: TestFolder;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const library = randomBytes(300_000);
const large = randomBytes(3 * wholeFileBytes);
const changedLarge = Buffer.from(large);
changedLarge.set(randomBytes(5000), 2 * wholeFileBytes);
const text = Array.from({ length: 2000 }, (_, line) => `line ${line} of the program\n`).join("");

const oldFiles: Files = {
  "bin/program": large,
  "lib/old/library.bin": library,
  "main.js": text,
  "gone.txt": "only in the old one",
  "same.txt": "the same in both",
};
const newFiles: Files = {
  "bin/program": changedLarge,
  "lib/new/library.bin": library,
  "main.js": text.replace("line 700 ", "line seven hundred "),
  "added.txt": "only in the new one",
  "same.txt": "the same in both",
  "copy.txt": "the same in both",
};

async function build(
  version: string,
  files: Files,
  more: Partial<SourceManifest> = {},
  from: readonly string[] = [],
): Promise<BuiltPackage> {
  const root = folder.at(version);
  await rm(root, { recursive: true, force: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, "payload", path)), { recursive: true });
    await writeFile(join(root, "payload", path), content);
  }
  const source: SourceManifest = {
    name: "demo",
    version,
    files: [{ from: "payload/**", base: "payload" }],
    install: { strategy: "directory" },
    ...more,
  };
  await writeFile(join(root, "outrider.json"), JSON.stringify(source));
  return buildPackage({
    sourceFile: join(root, "outrider.json"),
    outputDirectory: folder.at("out"),
    releasedAt: new Date("2026-11-22T12:00:00Z"),
    threads: 1,
    level: 3,
    from,
  });
}

function manifestOf({ manifest, manifestText }: BuiltPackage): {
  document: BuiltPackage["manifest"];
  bytes: Buffer;
} {
  return { document: manifest, bytes: Buffer.from(manifestText) };
}

/** Extracts the full archive, as an agent installed it. */
async function install(built: BuiltPackage, name: string): Promise<InstalledBase> {
  const archive = await openArchive({ path: built.archivePath, ...built.archive });
  const directory = folder.at(name);
  await extractArchive(archive, { manifest: manifestOf(built), targetDirectory: directory });
  await archive.close();
  return installedBase({
    manifest: manifestOf(built),
    manifestSha256: built.manifestSha256,
    variant: undefined,
    directory,
    fileSystem,
  });
}

async function apply(
  built: BuiltPackage,
  base: InstalledBase | undefined,
  place = 0,
): Promise<string> {
  const { name, sha256, size } = built.patches[place]!;
  const archive = await openArchive({ path: join(built.directory, name), sha256, size });
  const targetDirectory = folder.at("target");
  await rm(targetDirectory, { recursive: true, force: true });
  try {
    await extractArchive(archive, { manifest: manifestOf(built), base, targetDirectory });
    return targetDirectory;
  } finally {
    await archive.close();
  }
}

async function pair(): Promise<{ old: BuiltPackage; next: BuiltPackage; base: InstalledBase }> {
  const old = await build("1.0.0", oldFiles);
  const next = await build("1.1.0", newFiles, {}, [old.archivePath]);
  return { old, next, base: await install(old, "installed") };
}

test("a patch carries what changed, and gives the files of the full package, byte for byte", async () => {
  const { next, base } = await pair();
  expect(next.patches).toMatchObject([
    { name: "demo-1.1.0.from-1.0.0.outrider", base: { version: "1.0.0", manifest: base.manifest } },
  ]);
  expect(next.patches[0]!.size).toBeLessThan(20_000);
  const target = await apply(next, base);
  for (const [path, content] of Object.entries(newFiles))
    expect((await readFile(join(target, path))).equals(Buffer.from(content))).toBe(true);
  await expect(stat(join(target, "gone.txt"))).rejects.toThrow("ENOENT");
});

test("what a patch took of memory is given back at once, not when the collector comes by", async () => {
  const program = randomBytes(24 * wholeFileBytes);
  const changed = Buffer.from(program);
  changed.set(randomBytes(5000), 3 * wholeFileBytes);
  const old = await build("1.0.0", { program });
  const next = await build("1.1.0", { program: changed }, {}, [old.archivePath]);
  const base = await install(old, "installed");
  const before = process.memoryUsage().arrayBuffers;
  await apply(next, base);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(12 * wholeFileBytes);
});

test("the same files give the same patch", async () => {
  const { old, next } = await pair();
  const again = await build("1.1.0", newFiles, {}, [old.archivePath]);
  expect(again.patches).toEqual(next.patches);
});

test("what is the same has no entry; what moved is the same; what changed is a difference", async () => {
  const { next } = await pair();
  const { name, sha256, size } = next.patches[0]!;
  const archive = await openArchive({ path: join(next.directory, name), sha256, size });
  const { files, archive: facts } = await inspectPackage(archive);
  await archive.close();
  expect(facts.base).toBe(next.patches[0]!.base.manifest);
  expect(Object.fromEntries(files.map(({ path, encoding }) => [path, encoding]))).toEqual({
    "added.txt": "identity",
    "bin/program": "zstd-patch",
    "copy.txt": "same",
    "lib/new/library.bin": "same",
    "main.js": "zstd-patch",
    "same.txt": "same",
  });
});

test("one signature seals the full archive and every patch", async () => {
  const { next, base } = await pair();
  const signatures = "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n";
  const sealed = await sealPackage({ directory: next.directory, signatures });
  expect(sealed.patches).toHaveLength(1);
  const { path, sha256, size, base: manifest } = sealed.patches[0]!;
  expect(manifest).toBe(base.manifest);
  const archive = await openArchive({ path, sha256, size });
  expect(archive.head.signatures).toEqual([signatures]);
  await checkContents(archive, manifestOf(next), { base });
  await archive.close();
});

test("contents are the same by patch and base as by the full archive, so a trigger is bound to both", async () => {
  const { old, next } = await pair();
  const full = await openArchive({ path: next.archivePath, ...next.archive });
  const older = await openArchive({ path: old.archivePath, ...old.archive });
  const { name, ...digest } = next.patches[0]!;
  const patch = await openArchive({ path: join(next.directory, name), ...digest });
  const base = await archivedBase(older, manifestOf(old));
  expect(await contentsSha512(patch, manifestOf(next), { base })).toEqual(
    await contentsSha512(full, manifestOf(next)),
  );
  for (const archive of [full, older, patch]) await archive.close();
});

test("patches against several releases, one of them a patch's own base", async () => {
  const first = await build("1.0.0", oldFiles);
  const second = await build("1.1.0", { ...newFiles, "main.js": "short" }, {}, [first.archivePath]);
  const third = await build("1.2.0", newFiles, {}, [first.archivePath, second.archivePath]);
  expect(third.patches.map(({ name }) => name)).toEqual([
    "demo-1.2.0.from-1.0.0.outrider",
    "demo-1.2.0.from-1.1.0.outrider",
  ]);
  await apply(third, await install(first, "first"), 0);
  const target = await apply(third, await install(second, "second"), 1);
  expect(await readFile(join(target, "main.js"), "utf8")).toBe(newFiles["main.js"]);
});

test("a file of a variant is taken from the files of that variant and of all, never of another", async () => {
  const variants = (names: readonly string[]): Partial<SourceManifest> => ({
    files: [{ from: "payload/common/**", base: "payload" }],
    variants: names.map((name) => ({
      name,
      when: { facts: { name } },
      files: [{ from: `payload/${name}/**`, base: `payload/${name}` }],
    })),
  });
  const old = await build(
    "1.0.0",
    { "common/x": "x", "one/a": text, "two/b": "two" },
    variants(["one", "two"]),
  );
  const next = await build(
    "1.1.0",
    { "common/x": "x", "one/c": text, "two/d": text },
    variants(["one", "two"]),
    [old.archivePath],
  );
  const { name, ...digest } = next.patches[0]!;
  const archive = await openArchive({ path: join(next.directory, name), ...digest });
  const { files } = await inspectPackage(archive);
  await archive.close();
  expect(Object.fromEntries(files.map(({ path, encoding }) => [path, encoding]))).toEqual({
    "@one/c": "same",
    "@two/d": "zstd",
    "common/x": "same",
  });
});

test("a base that looks like a trained dictionary is not used as one", async () => {
  const odd = Buffer.concat([Buffer.from([0x37, 0xa4, 0x30, 0xec]), library]);
  const old = await build("1.0.0", { odd });
  const next = await build("1.1.0", { odd: Buffer.concat([odd, Buffer.from("more")]) }, {}, [
    old.archivePath,
  ]);
  await apply(next, await install(old, "installed"));
});

describe("a patch is not made", () => {
  test("against another package", async () => {
    const old = await build("1.0.0", oldFiles, { name: "other" });
    await expect(build("1.1.0", newFiles, {}, [old.archivePath])).rejects.toMatchObject({
      code: "PACKAGE_SOURCE",
    });
  });

  test("against a patch", async () => {
    const { next } = await pair();
    const patch = folder.at("patch.outrider");
    await writeFile(patch, await readFile(join(next.directory, next.patches[0]!.name)));
    await expect(build("1.2.0", newFiles, {}, [patch])).rejects.toMatchObject({
      code: "PACKAGE_BASE",
    });
  });
});

describe("P3 a patch is not applied, and nothing is left,", () => {
  test.each<[string, (directory: string) => Promise<void>]>([
    [
      "where a file of the base is altered",
      async (directory) => writeFile(join(directory, "main.js"), text.replace("7", "8")),
    ],
    [
      "where the base of a large file is altered",
      async (directory) => writeFile(join(directory, "bin/program"), changedLarge),
    ],
    [
      "where a file of the base is longer",
      async (directory) => writeFile(join(directory, "same.txt"), "the same in both, and more"),
    ],
    [
      "where a file of the base is gone",
      async (directory) => rm(join(directory, "lib/old/library.bin")),
    ],
    [
      "where a file of the base is a link to the right one",
      async (directory) => {
        await writeFile(folder.at("aside"), "the same in both");
        await rm(join(directory, "same.txt"));
        await symlink(folder.at("aside"), join(directory, "same.txt"));
      },
    ],
    [
      "where a file of the base cannot be read",
      async (directory) => {
        await rm(join(directory, "same.txt"));
        await mkdir(join(directory, "same.txt"));
        await chmod(join(directory, "same.txt"), 0o000);
      },
    ],
  ])("%s", async (_, alter) => {
    const { next, base } = await pair();
    expect(await base.seemsWhole()).toBe(true);
    await alter(folder.at("installed"));
    await expect(apply(next, base)).rejects.toMatchObject({ code: "PACKAGE_BASE" });
    expect((await folder.names()).filter((name) => name.startsWith("target"))).toEqual([]);
  });

  test("where the base is another release, or none", async () => {
    const { next } = await pair();
    await expect(apply(next, undefined)).rejects.toMatchObject({ code: "PACKAGE_BASE" });
    const base = await install(next, "newer");
    await expect(apply(next, base)).rejects.toMatchObject({ code: "PACKAGE_BASE" });
  });
});
