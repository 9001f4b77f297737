/** Every module opens by saying what it decides; a test may say it by its name. No comment is wider than the code. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow } from "./support/files.ts";

const project = join(import.meta.dirname, "..");
const folders = ["bench", "extension", "samples", "scripts", "sdk"];

test("every module begins with its header, before its imports", () => {
  const modules = folders
    .flatMap((folder) => filesBelow(folder, /\.(?:ts|mjs|cjs)$/))
    .filter((file) => !/\.(?:test|test-d|e2e)\.ts$|\/generated\//.test(file));
  expect(modules.length).toBeGreaterThan(700);
  const without = modules.filter(
    (file) =>
      !/^(?:#!.*\n)?(?:"use strict";\n)?\/\*\*/.test(
        readFileSync(join(project, file), "utf8").replaceAll("\r\n", "\n"),
      ),
  );
  expect(without).toEqual([]);
});

test("no line of a comment is longer than 120 characters, addresses apart", () => {
  const wide = ["extension/src", "scripts", "sdk/src"]
    .flatMap((folder) => filesBelow(folder, /\.(?:ts|mjs|cjs)$/))
    .filter((file) => !file.includes("/generated/"))
    .flatMap((file) =>
      readFileSync(join(project, file), "utf8")
        .split(/\r?\n/)
        .map((line, at) => ({ line, place: `${file}:${at + 1}` })),
    )
    .filter(({ line }) => line.length > 120 && /^\s*(?:\/\/|\/?\*)(?!.*https?:\/\/)/.test(line));
  expect(wide.map(({ place }) => place)).toEqual([]);
});
