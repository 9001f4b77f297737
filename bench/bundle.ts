/** A bench's worker as one file, as products embed the SDK. */
import { join } from "node:path";
import { build } from "esbuild";

/** Bundles `bench/NAME/worker.ts` into the folder. @returns its path */
export async function bundleWorker(name: string, folder: string): Promise<string> {
  const outfile = join(folder, "worker.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, name, "worker.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  return outfile;
}
