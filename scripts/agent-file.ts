/**
 * `pnpm agent-file`: the agent as one minified file, with mail and without, in sdk/dist.
 *
 * Nothing else is needed beside it but Node: `node outrider-agent.mjs CONFIG`. The licences of what is inside lie beside
 * it, in `third-party-licenses.txt`: whoever hands the file on hands them on.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
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

/** Folder of a library → its name, for all that a bundle is made of. */
type Libraries = Map<string, string>;

/** The words that each library asks to be handed on with it. @throws Error where one has none */
function licencesOf(libraries: Libraries): string {
  const texts = [...libraries].map(([folder, name]) => {
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence in ${folder}`);
    return `${name}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  });
  return texts.toSorted().join(`\n${"-".repeat(72)}\n\n`);
}

if (import.meta.main) {
  const libraries: Libraries = new Map();
  for (const [file, entry] of Object.entries(agentFiles)) {
    const { metafile } = await build({
      ...bundling,
      metafile: true,
      absWorkingDir: sdk,
      entryPoints: [join(sdk, "src", entry)],
      outfile: join(sdk, "dist", file),
    });
    for (const input of Object.keys(metafile.inputs)) {
      const [folder, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
      if (folder !== undefined && name !== undefined) libraries.set(join(sdk, folder), name);
    }
  }
  writeFileSync(join(sdk, "dist/third-party-licenses.txt"), licencesOf(libraries));
}
