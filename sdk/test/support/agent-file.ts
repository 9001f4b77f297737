/** The agent as one file, made as scripts/agent-file.ts makes it. */
import { join } from "node:path";
import { build } from "esbuild";

/** Bundles it. */
export async function buildAgentFile(outfile: string): Promise<void> {
  await build({
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    // multicast-dns asks for Node's own modules by `require`.
    banner: {
      js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
    },
    entryPoints: [join(import.meta.dirname, "../../src/cli/agent/file/main.ts")],
    outfile,
  });
}
