/** Every module opens by saying what it decides; a test may say it by its name. */
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
