/**
 * What the builder and the reader of addresses really say is known, so that an editor can say it in another language.
 */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inEnglish } from "../errors/index.ts";
import { planPackage, readSourceManifest } from "../package/build/index.ts";
import { checkPath } from "../package/path.ts";
import { nodeFileSystem } from "../ports/index.ts";
import { parseAddress } from "../transport/index.ts";
import { reasonIn } from "./reasons.ts";

let root: string;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "outrider-reasons-")));
  await mkdir(join(root, "real"));
  await mkdir(join(root, "folder.d"));
  await writeFile(join(root, "real/a.txt"), "a");
  await writeFile(join(root, "b.txt"), "b");
  await symlink(join(root, "b.txt"), join(root, "link.txt"));
  await symlink(join(root, "real"), join(root, "way"));
});

afterAll(() => rm(root, { recursive: true, force: true }));

const bare = { name: "demo", version: "1.0.0", install: { strategy: "directory" } } as const;

function read(more: object): unknown {
  return readSourceManifest(JSON.stringify({ ...bare, files: [{ from: "a" }], ...more }), "");
}

async function plan(...files: { from: string; base?: string; to?: string }[]) {
  return planPackage(root, { ...bare, files }, { fileSystem: nodeFileSystem, subject: "" });
}

test.each<[string, () => unknown, readonly string[]]>([
  ["a link", () => plan({ from: "link.txt" }), ["link.txt"]],
  ["a link on the way", () => plan({ from: "way/a.txt" }), ["way/a.txt"]],
  ["outside the base", () => plan({ from: "*.txt", base: "real" }), []],
  ["outside the folder", () => plan({ from: "../x" }), []],
  [
    "the same place",
    () => plan({ from: "b.txt", to: "x" }, { from: "real/a.txt", to: "X" }),
    [`"X"`, `"x"`],
  ],
  [
    "two variants",
    () => read({ variants: [1, 2].map(() => ({ name: "v", when: {}, files: [{ from: "a" }] })) }),
    ["v"],
  ],
  ["a range", () => read({ requires: { base: "newest" } }), ["base", `"newest"`]],
  ["a long path", () => checkPath("a/".repeat(2000), ""), []],
  ["a character", () => checkPath("a:b", ""), [`"a:b"`, "U+003A"]],
  ["not normal", () => checkPath("e\u0301", ""), [`"e\u0301"`]],
  ["deep", () => checkPath(`${"a/".repeat(300)}b`, ""), []],
  ["an empty part", () => checkPath("a//b", ""), [`"a//b"`]],
  ["a dot", () => checkPath("a./b", ""), [`"a./b"`, `"a."`]],
  ["a device", () => checkPath("nul", ""), [`"nul"`, `"nul"`]],
  ["upwards", () => checkPath("a/../b", ""), [`"a/../b"`, ".."]],
  ["a long part", () => checkPath("ä".repeat(200), ""), []],
  ["a long address", () => parseAddress(`${"a".repeat(300)}@b.c`), []],
  ["two signs", () => parseAddress("a@b@c.d"), [`"a@b@c.d"`]],
  ["a blank", () => parseAddress("a b@c.d"), [`"a b@c.d"`]],
  ["an address of the network", () => parseAddress("a@127.0.0.1"), [`"a@127.0.0.1"`]],
])("%s", async (_name, refused, values) => {
  const message = await told(refused);
  const reason = reasonIn(message);
  expect(reason.text).not.toBe("{0}");
  expect(inEnglish(reason)).toBe(message);
  expect(reason.values.slice(0, values.length)).toEqual(values);
});

test("anything else stays as it was said", () => {
  expect(reasonIn("It rains.")).toEqual({ text: "{0}", values: ["It rains."] });
});

/** What it throws says, without the name of the file that the person is looking at. */
async function told(refused: () => unknown): Promise<string> {
  try {
    await refused();
  } catch (error) {
    return (error as Error).message.replace(/^: /, "");
  }
  throw new Error("nothing was refused");
}
