import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packagesNamed } from "./public-types.ts";

test("packages are found behind the files that a declaration leads to, by whatever form of import", () => {
  const folder = mkdtempSync(join(tmpdir(), "outrider-types-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const inner = write("inner.d.ts", 'import type { A } from "a";\nimport "node:fs";\n');
  const other = write("other.d.ts", 'export declare const b: import("b").B;\n');
  write("unreached.d.ts", 'import type { C } from "c";\n');
  const index = write("index.d.ts", 'export * from "./inner.ts";\nimport "./other.ts";\n');
  expect([...packagesNamed([index])]).toEqual([
    ["a", inner],
    ["b", other],
  ]);
});
