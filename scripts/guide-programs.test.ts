/** The programs in the guides are whole: the strictest compiler has nothing to say about them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const project = join(import.meta.dirname, "..");
const pages = ["README.md", "sdk/README.md", "docs/guide/embedding.md"];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outrider-guide-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the programs in the guides compile as they stand", () => {
  const programs = pages.flatMap((page) => {
    const text = readFileSync(join(project, page), "utf8");
    return [...text.matchAll(/```ts\n([^]*?)```/g)].map(([, program = ""]) => program);
  });
  expect(programs.length).toBeGreaterThanOrEqual(pages.length);
  for (const [at, program] of programs.entries())
    writeFileSync(join(folder, `program-${at}.ts`), program);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(project, "tsconfig.base.json"),
      compilerOptions: {
        noEmit: true,
        isolatedDeclarations: false,
        typeRoots: [join(project, "node_modules/@types")],
        paths: {
          "@outrider/sdk/*": ["/index.ts", ".ts"].map((end) => join(project, `sdk/src/*${end}`)),
        },
      },
      include: ["*.ts"],
    }),
  );
  const compiler = join(project, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
});
