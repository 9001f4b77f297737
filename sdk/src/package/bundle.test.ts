/** What an agent carries of packages: the opening side alone, small, and nothing of what builds them. */
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("the agent's side needs node's own modules, nothing else, and is small", async () => {
  const { metafile, outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "index.ts")],
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    metafile: true,
    write: false,
  });
  const libraries = new Set(
    Object.keys(metafile.inputs).flatMap(
      (path) =>
        /node_modules\/(?:\.pnpm\/[^/]+\/node_modules\/)?((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ??
        [],
    ),
  );
  expect([...libraries]).toEqual([]);
  expect(Object.keys(metafile.inputs).filter((path) => path.includes("package/build/"))).toEqual(
    [],
  );
  expect(outputFiles[0]!.contents.length).toBeLessThan(100_000);
});
