/**
 * `pnpm agent-file`: the agent as one minified file, with mail and without, in sdk/dist.
 *
 * Nothing else is needed beside it but Node: `node outrider-agent.mjs CONFIG`. The licences of what is inside lie beside
 * it, in `third-party-licenses.txt`: whoever hands the file on hands them on.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions, type Metafile } from "esbuild";
import { licencesOf } from "./third-party.ts";

const sdk = join(import.meta.dirname, "../sdk");

/** File in sdk/dist → its entry below sdk/src. */
export const agentFiles = {
  "outrider-agent.mjs": "cli/agent/file/main.ts",
  "outrider-agent-lite.mjs": "cli/agent/file/lite.ts",
} as const;

/** How a product is bundled for Node. */
export const bundling = {
  bundle: true,
  minify: true,
  platform: "node",
  format: "esm",
  target: "node22",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  // multicast-dns is CommonJS and asks for Node's own modules by `require`, which an ES module has not.
  banner: {
    js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
  },
} as const satisfies BuildOptions;

if (import.meta.main) {
  const bundles: Metafile[] = [];
  for (const [file, entry] of Object.entries(agentFiles)) {
    const { metafile } = await build({
      ...bundling,
      metafile: true,
      absWorkingDir: sdk,
      entryPoints: [join(sdk, "src", entry)],
      outfile: join(sdk, "dist", file),
    });
    bundles.push(metafile);
  }
  writeFileSync(join(sdk, "dist/third-party-licenses.txt"), licencesOf(bundles, sdk));
}
