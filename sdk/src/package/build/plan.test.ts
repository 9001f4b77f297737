import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import type { FileSet, SourceManifest } from "../../schema/index.ts";
import { planPackage, type PlannedFile } from "./plan.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outrider-plan-"));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function make(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), path, { mode: path.endsWith(".sh") ? 0o755 : 0o644 });
  }
}

function plan(
  files: readonly FileSet[],
  more: Partial<SourceManifest> & { outputDirectory?: string } = {},
  fileSystem: FileSystem = nodeFileSystem,
): Promise<PlannedFile[]> {
  const { outputDirectory, ...rest } = more;
  const source: SourceManifest = {
    name: "demo",
    version: "1.0.0",
    install: { strategy: "directory" },
    files: [...files],
    ...rest,
  };
  return planPackage(root, source, {
    fileSystem,
    subject: "outrider.json",
    outputDirectory,
  });
}

async function targets(files: readonly FileSet[]): Promise<string[]> {
  return (await plan(files)).map(({ target }) => target);
}

describe("where files go", () => {
  beforeEach(() => make("dist/main.js", "dist/lib/a.js", "dist/.env", "tool.sh", "[odd] name.txt"));

  test.each<[string, FileSet[], string[]]>([
    ["a glob", [{ from: "dist/**/*.js" }], ["dist/lib/a.js", "dist/main.js"]],
    ["a folder", [{ from: "dist" }], ["dist/.env", "dist/lib/a.js", "dist/main.js"]],
    ["a file", [{ from: "tool.sh" }], ["tool.sh"]],
    ["a file whose name looks like a glob", [{ from: "[odd] name.txt" }], ["[odd] name.txt"]],
    ["a base", [{ from: "dist", base: "dist" }], [".env", "lib/a.js", "main.js"]],
    ["a folder to go to", [{ from: "dist/lib", base: "dist", to: "app" }], ["app/lib/a.js"]],
    ["a path to go to", [{ from: "tool.sh", to: "bin/tool" }], ["bin/tool"]],
    ["exclusions", [{ from: "dist", exclude: ["**/lib/**", "**/.*"] }], ["dist/main.js"]],
  ])("%s", async (_, sets, expected) => {
    expect(await targets(sets)).toEqual(expected);
  });

  test("the order of sets decides nothing", async () => {
    const sets: FileSet[] = [{ from: "tool.sh" }, { from: "dist/main.js" }];
    expect(await plan(sets)).toEqual(await plan(sets.toReversed()));
  });

  test("the execute bit is the file's own unless the set says otherwise", async () => {
    const modes = async (set: FileSet): Promise<string[]> =>
      (await plan([set])).map(({ mode }) => mode);
    expect(await modes({ from: "dist/main.js" })).toEqual(["644"]);
    expect(await modes({ from: "dist/main.js", executable: true })).toEqual(["755"]);
    expect(await modes({ from: "tool.sh", executable: false })).toEqual(["644"]);
    if (process.platform !== "win32") expect(await modes({ from: "tool.sh" })).toEqual(["755"]);
  });
});

describe("where files lie in the archive", () => {
  test("variants below @NAME, what the archive needs itself below @", async () => {
    await make("manifest.json", "archive.json/x", "@scope/y", "linux/tool", "mac/tool", "42");
    const files = await plan([{ from: "{manifest.json,42,archive.json/**,@scope/**}" }], {
      variants: [
        { name: "linux", when: { os: ["linux"] }, files: [{ from: "linux/tool", to: "tool" }] },
        { name: "mac", when: { os: ["darwin"] }, files: [{ from: "mac/tool", to: "tool" }] },
      ],
    });
    expect(files.map(({ path, target }) => [path, target])).toEqual([
      ["42", "42"],
      ["@/@scope/y", "@scope/y"],
      ["@/archive.json/x", "archive.json/x"],
      ["@/manifest.json", "manifest.json"],
      ["@linux/tool", "tool"],
      ["@mac/tool", "tool"],
    ]);
  });

  test("what an earlier build left is not packed again", async () => {
    await make("dist/main.js", "dist/demo-0.9.0/demo-0.9.0.outrider", "dist/demo-1.0.0.partial/x");
    await make("dist/demo-1.0.0-rc.1/x", "dist/demo-1.0.0+b.partial/x", "dist/demo-10.20.30/a/b");
    await make("dist/demo-data/kept", "dist/demo-2d/kept", "dist/demo-1.0/kept");
    const files = await plan([{ from: "dist" }], { outputDirectory: join(root, "dist") });
    expect(files.map(({ target }) => target)).toEqual([
      "dist/demo-1.0/kept",
      "dist/demo-2d/kept",
      "dist/demo-data/kept",
      "dist/main.js",
    ]);
  });
});

describe("what is refused", () => {
  test.each<[string, FileSet[], string]>([
    ["a glob that names nothing", [{ from: "nothing/**" }], "PACKAGE_SOURCE"],
    ["a glob of which all is excluded", [{ from: "a/**", exclude: ["**"] }], "PACKAGE_SOURCE"],
    ["a way out", [{ from: "../**" }], "PACKAGE_PATH"],
    ["a way out in the middle", [{ from: "a/../../x" }], "PACKAGE_PATH"],
    ["an absolute path", [{ from: "/etc/hostname" }], "PACKAGE_PATH"],
    ["a base outside", [{ from: "a/**", base: ".." }], "PACKAGE_PATH"],
    ["files beside their base", [{ from: "a/**", base: "b" }], "PACKAGE_PATH"],
    [
      "two files at one place",
      [
        { from: "a/x", to: "z" },
        { from: "b/x", to: "z" },
      ],
      "PACKAGE_PATH",
    ],
    [
      "two names but for case",
      [
        { from: "a/x", to: "z" },
        { from: "b/x", to: "Z" },
      ],
      "PACKAGE_PATH",
    ],
    [
      "two names but for normal form",
      [
        { from: "a/x", to: "\u00e9" },
        { from: "b/x", to: "e\u0301" },
      ],
      "PACKAGE_PATH",
    ],
    [
      "a file where a folder is",
      [
        { from: "a/x", to: "z" },
        { from: "b/x", to: "z/y" },
      ],
      "PACKAGE_PATH",
    ],
    ["a device of Windows", [{ from: "a/x", to: "lib/aux.js" }], "PACKAGE_PATH"],
    ["a name that Windows shortens", [{ from: "a/x", to: "name." }], "PACKAGE_PATH"],
    ["a part that is too long", [{ from: "a/x", to: "n".repeat(256) }], "PACKAGE_PATH"],
  ])("%s", async (_, sets, code) => {
    await make("a/x", "b/x");
    await expect(plan(sets)).rejects.toMatchObject({ code });
  });

  test("a link to a file, a link to a folder, a link that leads nowhere, and what lies behind one", async () => {
    await make("a/x");
    await symlink("x", join(root, "a/link"));
    await expect(plan([{ from: "a" }])).rejects.toMatchObject({ code: "PACKAGE_PATH" });
    await expect(plan([{ from: "a/link" }])).rejects.toMatchObject({ code: "PACKAGE_PATH" });
    expect(await targets([{ from: "a", exclude: ["a/link"] }])).toEqual(["a/x"]);

    await mkdir(join(root, "c"));
    await symlink("../a", join(root, "c/folder"), "junction");
    await expect(plan([{ from: "c" }])).rejects.toMatchObject({ code: "PACKAGE_PATH" });
    await expect(plan([{ from: "c/folder/x" }])).rejects.toMatchObject({ code: "PACKAGE_PATH" });

    await mkdir(join(root, "d"));
    await symlink("nowhere", join(root, "d/dangling"));
    await expect(plan([{ from: "d/**" }])).rejects.toMatchObject({ code: "PACKAGE_PATH" });
  });

  test("more files than the format holds", async () => {
    const names = Array.from({ length: 660 }, (_, at) => `many/${at}`);
    await make(...names);
    const [facts, folder] = [await nodeFileSystem.stat(join(root, "many/0")), join(root, "many")];
    const quick: FileSystem = {
      ...nodeFileSystem,
      stat: async (path) => (path === folder ? nodeFileSystem.stat(path) : facts),
    };
    const sets = Array.from({ length: 99 }, (_, at) => ({ from: "many", to: `copy-${at}` }));
    await expect(plan(sets, {}, quick)).rejects.toMatchObject({ code: "PACKAGE_LIMIT" });
  });

  test("a package without any file", async () => {
    const variants = [{ name: "none", when: {} }];
    await expect(plan([], { variants })).rejects.toMatchObject({ code: "PACKAGE_SOURCE" });
  });
});
