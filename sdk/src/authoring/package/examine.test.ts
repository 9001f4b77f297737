/** Source manifests against real folders: what is found, where, and what the repairs make of it. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inEnglish } from "../../errors/index.ts";
import { nodeFileSystem } from "../../ports/index.ts";
import type { Remark } from "../remark.ts";
import { examinePackage } from "./examine.ts";
import { spelledOnDisk } from "./spelling.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outrider-checks-"));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function files(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), path);
  }
}

function manifest(parts: object): string {
  const whole = { name: "app", version: "1.0.0", install: { strategy: "directory" }, ...parts };
  return JSON.stringify(whole, null, 2);
}

async function examine(text: string): Promise<Remark[]> {
  return examinePackage(text, { root, fileSystem: nodeFileSystem, now: new Date() });
}

function said(remark: Remark | undefined): string | undefined {
  return remark && inEnglish(remark.sentence);
}

/** The value that a remark points at. */
function pointedAt(text: string, { pointer }: Remark): unknown {
  return at(JSON.parse(text), keysOf(pointer));
}

/** The manifest after a repair. */
function repaired(text: string, remark: Remark | undefined, which = 0): unknown {
  const whole: unknown = JSON.parse(text);
  for (const change of remark?.repairs?.[which]?.changes ?? []) {
    const keys = keysOf(change.pointer);
    const last = keys.pop() ?? "";
    const owner = at(whole, keys);
    if (change.kind === "write") Object.assign(owner as object, { [last]: change.value });
    else {
      const [moved] = (owner as unknown[]).splice(Number(last), 1);
      if (change.kind === "move")
        (owner as unknown[]).splice(Number(keysOf(change.before).at(-1)), 0, moved);
    }
  }
  return whole;
}

function keysOf(pointer: string): string[] {
  return pointer.split("/").slice(1);
}

function at(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce((inner, key) => (inner as Record<string, unknown>)[key], value);
}

describe("payload", () => {
  test("all there: nothing to say", async () => {
    await files("dist/a.js", "dist/b/c.js", "bin/tool");
    const text = manifest({ files: [{ from: "dist/**" }, { from: "bin/tool", executable: true }] });
    expect(await examine(text)).toEqual([]);
  });

  test("a file and a glob that name nothing", async () => {
    await files("dist/a.js");
    const text = manifest({
      files: [{ from: "dist" }, { from: "gone.txt" }, { from: "build/**/*.js" }],
    });
    const found = await examine(text);
    expect(found.map(({ code }) => code)).toEqual(["PACKAGE_SOURCE", "PACKAGE_SOURCE"]);
    expect(found.map((finding) => pointedAt(text, finding))).toEqual(["gone.txt", "build/**/*.js"]);
    expect(said(found[0])).toBe("gone.txt names no file.");
    expect(repaired(text, found[0])).toMatchObject({
      files: [{ from: "dist" }, { from: "build/**/*.js" }],
    });
    expect(repaired(text, found[1])).toMatchObject({
      files: [{ from: "dist" }, { from: "gone.txt" }],
    });
  });

  test("the only file set cannot be removed", async () => {
    const [finding] = await examine(manifest({ files: [{ from: "gone" }] }));
    expect(finding?.repairs).toEqual([]);
  });

  test("a path out of the folder", async () => {
    const text = manifest({ files: [{ from: "../secret" }] });
    const [finding] = await examine(text);
    expect(finding).toMatchObject({ code: "PACKAGE_PATH", severity: "error" });
    expect(pointedAt(text, finding!)).toBe("../secret");
  });

  test("a file of a variant", async () => {
    const text = manifest({
      variants: [{ name: "linux", when: { os: ["linux"] }, files: [{ from: "linux/**" }] }],
    });
    const [finding] = await examine(text);
    expect(pointedAt(text, finding!)).toBe("linux/**");
  });

  test("two variants of one name", async () => {
    await files("a");
    const variant = { name: "same", when: {}, files: [{ from: "a" }] };
    const [finding] = await examine(manifest({ variants: [variant, variant] }));
    expect(finding).toMatchObject({ code: "PACKAGE_SOURCE" });
    expect(said(finding)).toContain("same");
  });
});

describe("spelling", () => {
  test("letter case of a folder before a pattern, and of a file", async () => {
    await files("dist/App.js", "bin/Tool");
    const text = manifest({ files: [{ from: "Dist/*.js" }, { from: "bin/tool" }] });
    const found = await examine(text);
    expect(found.map(({ code }) => code)).toEqual(["PACKAGE_SPELLING", "PACKAGE_SPELLING"]);
    expect(repaired(text, found[0])).toMatchObject({
      files: [{ from: "dist/*.js" }, { from: "bin/tool" }],
    });
    expect(repaired(text, found[1])).toMatchObject({
      files: [{ from: "Dist/*.js" }, { from: "bin/Tool" }],
    });
    expect(found.every(({ repairs }) => repairs?.[0]?.safe === true)).toBe(true);
  });

  test("the base", async () => {
    await files("dist/app.js");
    const text = manifest({ files: [{ from: "dist/**", base: "DIST" }] });
    const [finding] = await examine(text);
    expect(pointedAt(text, finding!)).toBe("DIST");
    expect(repaired(text, finding)).toMatchObject({ files: [{ base: "dist" }] });
  });

  test("two that could be meant: nothing is guessed", async () => {
    const list = (...names: string[]) => ({ ...nodeFileSystem, list: async () => names });
    expect(await spelledOnDisk(root, "dist/**", list("DIST", "other"))).toBe("DIST/**");
    expect(await spelledOnDisk(root, "dist/**", list("DIST", "Dist"))).toBeUndefined();
  });
});

describe("overlap", () => {
  test("the same file twice: the second set can go", async () => {
    await files("dist/a.js", "dist/b.js");
    const text = manifest({
      files: [{ from: "dist/**" }, { from: "dist/a.js", executable: true }],
    });
    const [finding, ...others] = await examine(text);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: "PACKAGE_PATH" });
    expect(said(finding)).toBe("dist/a.js would be there twice: dist/** puts a file there too.");
    expect(repaired(text, finding)).toMatchObject({ files: [{ from: "dist/**" }] });
  });

  test("other files at the same places: told, not mended", async () => {
    await files("one/x", "one/y", "two/x", "two/y");
    const text = manifest({
      files: [
        { from: "one/**", base: "one" },
        { from: "two/**", base: "two" },
      ],
    });
    const [finding] = await examine(text);
    expect(said(finding)).toBe("x and 1 more would be there twice: one/** puts files there too.");
    expect(finding?.repairs).toEqual([]);
    expect(finding?.related).toHaveLength(1);
  });

  test("letter case does not tell two places apart", async () => {
    await files("one/Read.me", "two/read.ME");
    const text = manifest({
      files: [
        { from: "one/*", base: "one" },
        { from: "two/*", base: "two" },
      ],
    });
    expect((await examine(text)).map(({ code }) => code)).toEqual(["PACKAGE_PATH"]);
  });

  test("two variants never meet; a variant and the files for all do", async () => {
    await files("linux/x", "windows/x", "all/x");
    const variant = (name: string, os: string) => ({
      name,
      when: { os: [os] },
      files: [{ from: `${name}/**`, base: name }],
    });
    const variants = [variant("linux", "linux"), variant("windows", "win32")];
    expect(await examine(manifest({ variants }))).toEqual([]);
    const text = manifest({ files: [{ from: "all/x", to: "x" }], variants });
    expect((await examine(text)).map((finding) => pointedAt(text, finding))).toEqual([
      "linux/**",
      "windows/**",
    ]);
  });
});

describe("programs", () => {
  const install = (argv: string[]): object => ({
    install: { strategy: "directory", healthCheck: { argv } },
  });

  test.each([
    ["a path that is there", ["bin/check", "--fast"], []],
    ["a script for node", ["node", "bin/check"], []],
    ["a program of the machine", ["systemctl", "is-active", "press"], []],
    ["an option of node", ["node", "-e", "0"], []],
    ["a path that is not there", ["bin/chek"], ["/install/healthCheck/argv/0"]],
    ["a script that is not there", ["node", "gone.mjs"], ["/install/healthCheck/argv/1"]],
  ])("%s", async (_name, argv, pointers) => {
    await files("bin/check");
    const remarks = await examine(manifest({ files: [{ from: "bin/check" }], ...install(argv) }));
    expect(remarks.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  test("a variant that lacks it is named", async () => {
    await files("linux/check", "windows/other");
    const variant = (name: string, os: string) => ({
      name,
      when: { os: [os] },
      files: [{ from: `${name}/**`, base: name }],
    });
    const variants = [variant("linux", "linux"), variant("windows", "win32")];
    const [remark, ...others] = await examine(manifest({ variants, ...install(["./check"]) }));
    expect(others).toEqual([]);
    expect(said(remark)).toBe("Variant windows has no file check.");
  });
});

describe("variants", () => {
  function variants(...conditions: object[]): string {
    return manifest({
      files: [{ from: "a" }],
      variants: conditions.map((when, at) => ({ name: `v${at}`, when })),
    });
  }

  test.each([
    ["everything first", [{}, { os: ["linux"] }], [1]],
    ["narrow first", [{ os: ["linux"] }, {}], []],
    ["the same twice", [{ os: ["linux"] }, { os: ["linux"] }], [1]],
    [
      "covered by two together",
      [{ os: ["linux"] }, { os: ["win32"] }, { os: ["win32", "linux"] }],
      [2],
    ],
    ["one system left over", [{ os: ["linux"] }, { os: ["win32", "linux"] }], []],
    ["other processor", [{ os: ["linux"], arch: ["x64"] }, { os: ["linux"] }], []],
    [
      "covered by processor and by system",
      [{ arch: ["x64"] }, { os: ["linux"] }, { os: ["linux"], arch: ["x64"] }],
      [2],
    ],
    ["a range the later does not demand", [{ installed: "^1.0.0" }, {}], []],
    [
      "a range that both demand",
      [{ installed: "^1.0.0" }, { installed: "^1.0.0", os: ["linux"] }],
      [1],
    ],
    ["a fact more", [{ facts: { licence: "pro" } }, { facts: { licence: "pro", site: "a" } }], [1]],
    ["another fact", [{ facts: { licence: "pro" } }, { facts: { licence: "free" } }], []],
    ["libc", [{ libc: ["glibc", "musl"] }, { libc: ["musl"] }, { os: ["linux"] }], [1]],
  ])("%s", async (_name, conditions, unreachable) => {
    await files("a");
    const found = await examine(variants(...conditions));
    expect(found.every(({ code }) => code === "VARIANT_UNREACHABLE")).toBe(true);
    expect(found.map((remark) => said(remark)?.match(/v\d/)?.[0])).toEqual(
      unreachable.map((index) => `v${index}`),
    );
  });

  test("moving it before, or removing it, mends it", async () => {
    await files("a");
    const text = variants({ arch: ["x64"] }, {}, { os: ["linux"] });
    const [finding] = await examine(text);
    expect(repaired(text, finding)).toMatchObject({
      variants: [{ name: "v0" }, { name: "v2" }, { name: "v1" }],
    });
    expect(repaired(text, finding, 1)).toMatchObject({
      variants: [{ name: "v0" }, { name: "v1" }],
    });
    expect(await examine(JSON.stringify(repaired(text, finding)))).toEqual([]);
  });
});
