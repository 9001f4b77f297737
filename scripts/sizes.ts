/**
 * `pnpm sizes`: how many bytes a product carries that bundles a part of the SDK.
 *
 * Each row is bundled and minified as a vendor would; too large, or with a library in it that it
 * must never reach, fails.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

interface Row {
  readonly name: string;
  /** Module below sdk/src. */
  readonly entry: string;
  /** The names that are imported; all unless given. */
  readonly imports?: string;
  /** It is started and exports nothing. */
  readonly isProgram?: boolean;
  /** Folder of sdk/src that is not counted, since whatever a product takes it carries that once. */
  readonly apart?: string;
  readonly maxBytes: number;
  readonly without: readonly string[];
}

const heavy = ["openpgp", "ajv", "nodemailer", "fastify", "jszip"];

const rows: readonly Row[] = [
  { name: "errors", entry: "errors/index.ts", maxBytes: 10_000, without: heavy },
  {
    name: "signature verifier, errors apart",
    entry: "signing/verify.ts",
    apart: "errors",
    maxBytes: 8_000,
    without: heavy,
  },
  { name: "agent without mail", entry: "agent/index.ts", maxBytes: 150_000, without: heavy },
  {
    name: "mail receivers",
    entry: "transports/email/receiver/index.ts",
    maxBytes: 60_000,
    without: heavy,
  },
  {
    name: "whole agent, one file",
    entry: "cli/agent/file/main.ts",
    isProgram: true,
    maxBytes: 800_000,
    without: heavy,
  },
];

const source = join(import.meta.dirname, "../sdk/src");

console.log(`${"bundle".padEnd(34)}${"bytes".padStart(10)}${"at most".padStart(10)}`);
for (const row of rows) {
  if (!existsSync(join(source, row.entry))) continue;
  const { bytes, libraries } = await measure(row);
  const problems = [
    ...(bytes > row.maxBytes ? ["too large"] : []),
    ...row.without.filter((name) => libraries.has(name)).map((name) => `carries ${name}`),
  ];
  const numbers = [bytes, row.maxBytes].map((count) => count.toLocaleString("en").padStart(10));
  console.log(`${row.name.padEnd(34)}${numbers.join("")}  ${problems.join(", ") || "ok"}`);
  if (problems.length > 0) process.exitCode = 1;
}

async function measure({ entry, imports = "*", isProgram = false, apart }: Row) {
  const { metafile } = await build({
    ...(isProgram
      ? { entryPoints: [join(source, entry)] }
      : { stdin: { contents: `export ${imports} from "./${entry}";`, resolveDir: source } }),
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node22",
    write: false,
    metafile: true,
    outfile: "bundle.js",
    logLevel: "error",
  });
  const files = Object.entries(metafile.outputs["bundle.js"]?.inputs ?? {});
  const counted = files.filter(
    ([file]) => apart === undefined || !file.includes(`sdk/src/${apart}/`),
  );
  const bytes = counted.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  const libraries = new Set(
    Object.keys(metafile.inputs).map(
      (file) => /.*node_modules\/((@[^/]+\/)?[^/]+)/.exec(file)?.[1],
    ),
  );
  return { bytes, libraries };
}
