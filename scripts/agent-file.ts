/**
 * `pnpm agent-file`: the agent as one minified file, with mail and without, in sdk/dist.
 *
 * Nothing else is needed beside it but Node: `node outrider-agent.mjs CONFIG`. The licences of what is inside lie
 * beside it, in `third-party-licenses.txt`: whoever hands the file on hands them on.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build as bundle, buildSync, type BuildOptions, type Metafile, type Plugin } from "esbuild";
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

/**
 * How the agent's files are bundled: an older Node reads them as far as their first lines, which tell it what is
 * needed.
 */
export const agentBundling = {
  ...bundling,
  banner: { js: firstLines() + bundling.banner.js },
  plugins: [takingNames()],
} as const satisfies BuildOptions;

function firstLines(): string {
  const { outputFiles } = buildSync({
    bundle: true,
    minify: true,
    format: "iife",
    entryPoints: [join(sdk, "src/cli/agent/file/node.ts")],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/**
 * A name that a module of Node's does not have fails before any line runs where it is imported, and only when it is
 * used where it is taken from the module. So each name is taken, once for the whole file: `taken:zlib` is the module,
 * and `taken:zlib.crc32` a module of our own that has this one name.
 */
function takingNames(): Plugin {
  return {
    name: "taking names",
    setup(build) {
      build.onLoad({ filter: /\.[jt]s$/ }, ({ path }) => ({
        loader: path.endsWith(".ts") ? "ts" : "js",
        contents: readFileSync(path, "utf8").replaceAll(
          /^import \{([^}]*)\} from ["']node:([a-z/_]+)["'];$/gm,
          (_statement, names: string, module: string) =>
            [...names.matchAll(/(type )?\b(\w+)( as \w+)?/g)]
              .filter(([, isType]) => isType === undefined)
              .map(([name, , own]) => `import { ${name} } from "taken:${module}.${own}";`)
              .join(" "),
        ),
      }));
      build.onResolve({ filter: /^taken:/ }, ({ path }) => ({
        path: path.slice("taken:".length),
        namespace: "taken",
        sideEffects: false,
      }));
      build.onLoad({ filter: /.*/, namespace: "taken" }, ({ path }) => {
        const [module, name] = path.split(".");
        return {
          contents:
            name === undefined
              ? `export { default } from "node:${module}";`
              : `import whole from "taken:${module}"; export const ${name} = whole.${name};`,
        };
      });
    },
  };
}

if (import.meta.main) {
  const bundles: Metafile[] = [];
  for (const [file, entry] of Object.entries(agentFiles)) {
    const { metafile } = await bundle({
      ...agentBundling,
      metafile: true,
      absWorkingDir: sdk,
      entryPoints: [join(sdk, "src", entry)],
      outfile: join(sdk, "dist", file),
    });
    bundles.push(metafile);
  }
  writeFileSync(join(sdk, "dist/third-party-licenses.txt"), licencesOf(bundles, sdk));
}
