import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { verifies } from "../../../test/support/verifies.ts";
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import {
  checkContents,
  contentsSha512,
  extractArchive,
  inspectPackage,
  openArchive,
  openUnpinnedArchive,
  readArchiveHead,
} from "../index.ts";
import { buildPackage, sealPackage, type BuildOptions, type BuiltPackage } from "./index.ts";

const signatures = "-----BEGIN PGP SIGNATURE-----\n\nwsB\n-----END PGP SIGNATURE-----\n";
const text = Buffer.from("the same line again and again\n".repeat(100_000));
const noise = randomBytes(1_500_000);
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outrider-build-"));
  await mkdir(join(root, "f"));
  await writeFile(join(root, "f/small.txt"), "hello ".repeat(100));
  await writeFile(join(root, "f/empty"), "");
  await writeFile(join(root, "f/short"), "x");
  await writeFile(join(root, "f/text"), text);
  await writeFile(join(root, "f/noise"), noise);
  await source({});
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function source(more: object): Promise<void> {
  const content = {
    name: "demo",
    version: "1.2.3",
    files: [{ from: "f", base: "f" }],
    install: { strategy: "directory" },
    ...more,
  };
  await writeFile(join(root, "outrider.json"), JSON.stringify(content));
}

function build(options: Partial<BuildOptions> = {}): Promise<BuiltPackage> {
  return buildPackage({
    sourceFile: join(root, "outrider.json"),
    outputDirectory: join(root, "out"),
    releasedAt: new Date("2026-11-22T12:00:00Z"),
    ...options,
  });
}

describe("a package", () => {
  test("is a folder with manifest and archive, and nothing of the work is left", async () => {
    const built = await build();
    expect(built.directory).toBe(join(root, "out/demo-1.2.3"));
    expect(await readdir(built.directory)).toEqual(["demo-1.2.3.outrider", "manifest.json"]);
    expect(await readdir(join(root, "out"))).toEqual(["demo-1.2.3"]);
    expect(await readFile(built.manifestPath, "utf8")).toBe(built.manifestText);
    expect((await stat(built.archivePath)).size).toBe(built.archive.size);
  });

  test("stores what shrinks as zstd and what does not as it is, small or large", async () => {
    const { archivePath } = await build();
    const archive = await openUnpinnedArchive(archivePath);
    const { files, total, shapes, signatures } = await inspectPackage(archive);
    await archive.close();
    expect(Object.fromEntries(files.map(({ path, encoding }) => [path, encoding]))).toEqual({
      empty: "identity",
      noise: "identity",
      short: "identity",
      "small.txt": "zstd",
      text: "zstd",
    });
    expect(total).toMatchObject({ files: 5, size: 600 + 1 + text.length + noise.length });
    expect(total.stored).toBeLessThan(noise.length + 2000);
    expect(shapes).toEqual([total]);
    expect(signatures).toEqual([]);
  });

  test("what was built is extracted as it went in, file by file", async () => {
    verifies("step-90");
    const { archivePath, archive: written, manifest, manifestText } = await build();
    const archive = await openArchive({ path: archivePath, ...written });
    const seen: number[] = [];
    const extracted = await extractArchive(archive, {
      manifest: { document: manifest, bytes: Buffer.from(manifestText) },
      targetDirectory: join(root, "x"),
      onProgress: (bytes) => void seen.push(bytes),
    });
    await archive.close();
    expect(extracted).toEqual({
      directory: join(root, "x"),
      files: 5,
      size: 600 + 1 + text.length + noise.length,
    });
    expect(seen.at(-1)).toBe(extracted.size);
    for (const name of await readdir(join(root, "f")))
      expect(
        (await readFile(join(root, "x", name))).equals(await readFile(join(root, "f", name))),
      ).toBe(true);
    expect((await readdir(root)).toSorted()).toEqual(["f", "out", "outrider.json", "x"]);
  });

  test("a higher level, given or written in the source, never makes it larger", async () => {
    const light = await build({ level: 1, outputDirectory: join(root, "light") });
    await source({ compression: { level: 19 } });
    const strong = await build();
    expect(strong.archive.size).toBeLessThanOrEqual(light.archive.size);
  });
});

describe("sealing", () => {
  test("puts the signatures beside the manifest and into the archive, and changes nothing else", async () => {
    const built = await build();
    const before = await openUnpinnedArchive(built.archivePath);
    const manifest = { document: built.manifest, bytes: Buffer.from(built.manifestText) };
    const contents = await contentsSha512(before, manifest);
    await before.close();

    const sealed = await sealPackage({ directory: built.directory, signatures });
    expect(await readdir(built.directory)).toEqual([
      "demo-1.2.3.outrider",
      "manifest.json",
      "manifest.json.asc",
    ]);
    expect(await readFile(join(built.directory, "manifest.json.asc"), "utf8")).toBe(signatures);
    const after = await openArchive({
      path: sealed.archivePath,
      sha256: sealed.sha256,
      size: sealed.size,
    });
    expect(after.head.signatures).toEqual([signatures]);
    expect(after.head.manifestText).toBe(built.manifestText);
    expect(await contentsSha512(after, manifest)).toEqual(contents);
    await after.close();

    const again = await sealPackage({ directory: built.directory, signatures });
    expect(again.sha256).toBe(sealed.sha256);
  });

  test("takes signatures only", async () => {
    const { directory } = await build();
    await expect(sealPackage({ directory, signatures: "signed, me" })).rejects.toMatchObject({
      code: "PACKAGE_MALFORMED",
    });
    await expect(
      sealPackage({ directory, signatures: signatures.repeat(17) }),
    ).rejects.toMatchObject({ code: "PACKAGE_MALFORMED" });
  });

  test("refuses an archive that rotted, and leaves it as it was", async () => {
    const { archivePath, directory } = await build();
    const bytes = await readFile(archivePath);
    bytes[bytes.indexOf(noise.subarray(0, 32)) + 9000]! ^= 1;
    await writeFile(archivePath, bytes);
    await expect(sealPackage({ directory, signatures })).rejects.toMatchObject({
      code: "PACKAGE_MALFORMED",
    });
    expect(await readdir(directory)).toEqual(["demo-1.2.3.outrider", "manifest.json"]);
    expect((await readFile(archivePath)).equals(bytes)).toBe(true);
  });

  test("refuses a manifest that was edited after the build", async () => {
    const { directory, manifestPath, manifestText } = await build();
    await writeFile(manifestPath, manifestText.replace('"644"', '"755"'));
    await expect(sealPackage({ directory, signatures })).rejects.toMatchObject({
      code: "PACKAGE_MISMATCH",
    });
  });
});

describe("what a build refuses", () => {
  test("to replace a signed package, unless told to", async () => {
    const { archivePath, directory } = await build();
    await build(); // unsigned: nobody's loss
    await sealPackage({ directory, signatures });
    await expect(build()).rejects.toMatchObject({ code: "FILE_EXISTS" });
    expect((await readArchiveHead(archivePath)).signatures).toEqual([signatures]);
    await build({ force: true });
    expect((await readArchiveHead(archivePath)).signatures).toEqual([]);
  });

  test("a source that is missing, is not JSON, or names what is missing", async () => {
    await expect(build({ sourceFile: join(root, "none.json") })).rejects.toMatchObject({
      code: "FILE_MISSING",
    });
    await writeFile(join(root, "outrider.json"), "{");
    await expect(build()).rejects.toMatchObject({ code: "JSON_SYNTAX" });
    await source({ files: [{ from: "g/**" }] });
    await expect(build()).rejects.toMatchObject({ code: "PACKAGE_SOURCE" });
    expect(await readdir(root)).not.toContain("out");
  });

  test.each(["small.txt", "text"])("a file that changes while it is packed: %s", async (name) => {
    const shrinking: FileSystem = {
      ...nodeFileSystem,
      async open(path, mode) {
        const handle = await nodeFileSystem.open(path, mode);
        return path.endsWith(name) ? { ...handle, read: async () => 0 } : handle;
      },
    };
    await expect(build({ fileSystem: shrinking })).rejects.toMatchObject({
      code: "PACKAGE_SOURCE",
    });
    expect(await readdir(join(root, "out"))).toEqual([]);
  });

  test("to go on when it is cancelled, and leaves nothing", async () => {
    const stop = new AbortController();
    const building = build({ signal: stop.signal, onProgress: () => stop.abort() });
    await expect(building).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await readdir(join(root, "out"))).toEqual([]);
  });

  test("a full disk, at whichever write, and leaves what was there", async () => {
    const { archive } = await build();
    for (let good = 0; ; good++) {
      let writes = 0;
      const full: FileSystem = {
        ...nodeFileSystem,
        async open(path, mode) {
          const handle = await nodeFileSystem.open(path, mode);
          const write: typeof handle.write = async (bytes) => {
            if (writes++ === good) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
            await handle.write(bytes);
          };
          return { ...handle, write };
        },
      };
      const outcome = await build({ fileSystem: full, level: 1 }).catch((error: unknown) => error);
      if (!(outcome instanceof Error)) break;
      expect(outcome).toMatchObject({ code: "SPACE" });
      expect(await readdir(join(root, "out"))).toEqual(["demo-1.2.3"]);
      const kept = await openUnpinnedArchive(join(root, "out/demo-1.2.3/demo-1.2.3.outrider"));
      expect(kept.sha256).toBe(archive.sha256);
      await kept.close();
      expect(good).toBeLessThan(50);
    }
  });
});

test("variants: each machine gets its own shape, all of them are checked", async () => {
  await source({
    variants: [
      { name: "a", when: { os: ["linux"] }, files: [{ from: "f/text", to: "tool" }] },
      { name: "b", when: { os: ["darwin"] }, files: [{ from: "f/short", to: "tool" }] },
    ],
  });
  const built = await build();
  const manifest = { document: built.manifest, bytes: Buffer.from(built.manifestText) };
  const archive = await openUnpinnedArchive(built.archivePath);
  const inspection = await inspectPackage(archive, { os: "darwin", arch: "arm64" });
  expect(inspection.shapes.map(({ variant, files }) => [variant, files])).toEqual([
    ["a", 6],
    ["b", 6],
  ]);
  expect(inspection.choice).toEqual({
    variant: "b",
    trace: ["a: os is darwin, not linux", "b: fits"],
  });
  expect(
    (await inspectPackage(archive, { os: "aix", arch: "ppc64" })).choice?.variant,
  ).toBeUndefined();
  await checkContents(archive, manifest);
  for (const [variant, expected] of [
    ["a", text],
    ["b", Buffer.from("x")],
  ] as const) {
    const targetDirectory = join(root, variant);
    await extractArchive(archive, { manifest, variant, targetDirectory });
    expect((await readFile(join(targetDirectory, "tool"))).equals(expected)).toBe(true);
  }
  for (const variant of [undefined, "c"])
    await expect(
      extractArchive(archive, { manifest, variant, targetDirectory: join(root, "none") }),
    ).rejects.toMatchObject({ code: "VARIANT_NONE" });
  await archive.close();
});
