/** Bundles and minifies one row as a vendor would. */

import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions } from "esbuild";
import { agentBundling, bundling } from "../agent-file.ts";
import type { Row } from "./rows.ts";

const source = join(import.meta.dirname, "../../sdk/src");
/** Their users bring them. */
const peers = ["pg", "s3mini"];

/** What a bundle consists of. */
export interface Measurement {
  readonly bytes: number;
  /** As it travels: `gzip -9` of a program, 0 of what is none. */
  readonly packedBytes: number;
  readonly libraries: ReadonlySet<string>;
  /** Part (a folder of sdk/src, or a library) → bytes. */
  readonly parts: ReadonlyMap<string, number>;
}

/** Measures a row. */
export async function measure({
  entry,
  imports,
  apart,
  program = false,
}: Row): Promise<Measurement> {
  const contents = `export ${imports ?? "*"} from "./${entry}";`;
  const input: BuildOptions = program
    ? { entryPoints: [join(source, entry)] }
    : { stdin: { contents, resolveDir: source }, banner: {} };
  const { metafile, outputFiles } = await build({
    ...(program ? agentBundling : bundling),
    ...input,
    external: peers,
    write: false,
    metafile: true,
    outfile: "bundle.js",
    logLevel: "error",
  });
  const files = Object.entries(metafile.outputs["bundle.js"]?.inputs ?? {}).filter(
    ([file]) => apart === undefined || !file.includes(`sdk/src/${apart}/`),
  );
  const parts = new Map<string, number>();
  for (const [file, { bytesInOutput }] of files) {
    const part =
      libraryOf(file) ?? /sdk\/src\/(transports\/[^/]+|[^/]+)/.exec(file)?.[1] ?? "names of Node's";
    parts.set(part, (parts.get(part) ?? 0) + bytesInOutput);
  }
  const sum = [...parts.values()].reduce((total, bytes) => total + bytes, 0);
  const file = program ? outputFiles?.[0]?.contents : undefined;
  return {
    bytes: file?.length ?? sum,
    packedBytes: file === undefined ? 0 : gzipSync(file, { level: 9 }).length,
    libraries: new Set(Object.keys(metafile.inputs).flatMap((file) => libraryOf(file) ?? [])),
    parts,
  };
}

function libraryOf(file: string): string | undefined {
  return /.*node_modules\/((@[^/]+\/)?[^/]+)/.exec(file)?.[1];
}
