/** The planner runs in a browser: no module of it asks for Node.js, OpenPGP.js or Fastify. */
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("bundles for a browser, alone and small", async () => {
  const { metafile, outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "index.ts")],
    bundle: true,
    format: "esm",
    platform: "browser",
    minify: true,
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((input) => input.includes("node_modules"))).toEqual([]);
  expect(outputFiles[0]!.contents.length).toBeLessThan(64 * 1024);
});
