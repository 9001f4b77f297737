/**
 * `pnpm agent-file`: the agent as one minified file, with mail and without, in sdk/dist.
 *
 * Nothing else is needed beside it but Node: `node outrider-agent.mjs CONFIG`.
 */

import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";

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

if (import.meta.main)
  for (const [file, entry] of Object.entries(agentFiles))
    await build({
      ...bundling,
      entryPoints: [join(sdk, "src", entry)],
      outfile: join(sdk, "dist", file),
    });
