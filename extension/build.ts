/**
 * Bundles the extension: for Node as ES modules in parts that load when they are needed, for the browser as one file,
 * the pages of the dashboard and the form as a script and a style each.
 *
 * `vscode` alone stays outside. `dist/` is all of the code that is published, with the licences of what is inside; there
 * are no runtime dependencies.
 */

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { licencesOf } from "../scripts/third-party.ts";

const folder = import.meta.dirname;

const shared = {
  absWorkingDir: folder,
  bundle: true,
  minify: true,
  sourcemap: "external",
  sourcesContent: false,
  external: ["vscode"],
  // The language service's main module is for AMD loaders; its ES module can be shaken.
  mainFields: ["module", "main"],
  // Its sentences go the way of ours.
  alias: { "@vscode/l10n": join(folder, "src/editor/l10n.ts") },
  logLevel: "warning",
  metafile: true,
} as const satisfies BuildOptions;

rmSync(join(folder, "dist"), { recursive: true, force: true });
const bundles = await Promise.all([
  build({
    ...shared,
    entryPoints: ["src/extension.ts"],
    outdir: "dist/node",
    platform: "node",
    format: "esm",
    splitting: true,
    chunkNames: "[name]-[hash]",
    target: "node22",
    // Fastify, in the local server, is CommonJS and asks for Node's modules by `require`.
    banner: {
      js: 'import{createRequire as __require}from"node:module";const require=__require(import.meta.url);',
    },
  }),
  build({
    ...shared,
    entryPoints: ["src/web.ts"],
    outfile: "dist/web.cjs",
    platform: "browser",
    format: "cjs",
    target: "es2024",
  }),
  build({
    ...shared,
    entryPoints: [
      "src/dashboard/main.ts",
      "src/dashboard/style.css",
      "src/form/main.ts",
      "src/form/style.css",
    ],
    outbase: "src",
    outdir: "dist",
    platform: "browser",
    format: "iife",
    target: "es2024",
  }),
]);
writeFileSync(
  join(folder, "dist/third-party-licenses.txt"),
  licencesOf(
    bundles.map(({ metafile }) => metafile),
    folder,
  ),
);
