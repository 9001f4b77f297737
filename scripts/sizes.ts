/**
 * `pnpm sizes`: how many bytes a product carries that bundles a part of the SDK.
 *
 * Each row is bundled and minified as a vendor would; too large, or with a library in it that it
 * must never reach, fails. `--parts` tells what takes the space in the agent that is one file.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build, type BuildOptions } from "esbuild";
import { agentFiles, bundling } from "./agent-file.ts";

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
  /** The entry is a program: one file that runs by itself. */
  readonly program?: boolean;
  readonly maxBytes: number;
  readonly without: readonly string[];
}

const heavy = ["openpgp", "ajv", "nodemailer", "fastify", "jszip"];

const rows: readonly Row[] = [
  {
    name: "errors, as agents carry them",
    entry: "errors/index.ts",
    imports: "{ errorTable, isOutriderError, OutriderError }",
    maxBytes: 4_000,
    without: heavy,
  },
  {
    name: "signature verifier, errors apart",
    entry: "signing/verify.ts",
    apart: "errors",
    maxBytes: 8_000,
    without: heavy,
  },
  { name: "agent, no transport", entry: "agent/index.ts", maxBytes: 130_000, without: heavy },
  {
    name: "outrider-agent.mjs",
    entry: agentFiles["outrider-agent.mjs"],
    program: true,
    maxBytes: 1_000_000,
    // nodemailer is there for receipts by mail.
    without: heavy.filter((name) => name !== "nodemailer"),
  },
  {
    name: "outrider-agent-lite.mjs",
    entry: agentFiles["outrider-agent-lite.mjs"],
    program: true,
    maxBytes: 155_000,
    without: [...heavy, "multicast-dns"],
  },
];

const { values } = parseArgs({ options: { parts: { type: "boolean", default: false } } });
const source = join(import.meta.dirname, "../sdk/src");

console.log(`${"bundle".padEnd(34)}${"bytes".padStart(10)}${"at most".padStart(10)}`);
for (const row of rows) {
  if (!existsSync(join(source, row.entry))) continue;
  const { bytes, libraries, parts } = await measure(row);
  const problems = [
    ...(bytes > row.maxBytes ? ["too large"] : []),
    ...row.without.filter((name) => libraries.has(name)).map((name) => `carries ${name}`),
  ];
  const numbers = [bytes, row.maxBytes].map((count) => count.toLocaleString("en").padStart(10));
  console.log(`${row.name.padEnd(34)}${numbers.join("")}  ${problems.join(", ") || "ok"}`);
  if (problems.length > 0) process.exitCode = 1;
  if (values.parts && row.program === true) tellParts(row.name, parts);
}

async function measure({ entry, imports = "*", apart, program = false }: Row) {
  const input: BuildOptions = program
    ? { entryPoints: [join(source, entry)] }
    : { stdin: { contents: `export ${imports} from "./${entry}";`, resolveDir: source } };
  const { metafile, outputFiles } = await build({
    ...bundling,
    ...input,
    write: false,
    metafile: true,
    outfile: "bundle.js",
    logLevel: "error",
  });
  const files = Object.entries(metafile.outputs["bundle.js"]?.inputs ?? {});
  const counted = files.filter(
    ([file]) => apart === undefined || !file.includes(`sdk/src/${apart}/`),
  );
  const sum = counted.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  const libraries = new Set(Object.keys(metafile.inputs).map(libraryOf));
  const parts = new Map<string, number>();
  for (const [file, { bytesInOutput }] of counted) {
    const part = libraryOf(file) ?? /sdk\/src\/(transports\/[^/]+|[^/]+)/.exec(file)?.[1] ?? file;
    parts.set(part, (parts.get(part) ?? 0) + bytesInOutput);
  }
  return { bytes: program ? (outputFiles[0]?.contents.length ?? 0) : sum, libraries, parts };
}

function libraryOf(file: string): string | undefined {
  return /.*node_modules\/((@[^/]+\/)?[^/]+)/.exec(file)?.[1];
}

/** Part → bytes, the largest first, as a table for the guide. */
function tellParts(name: string, parts: ReadonlyMap<string, number>): void {
  console.log(`\n| ${name} | bytes |\n|---|--:|`);
  for (const [part, bytes] of [...parts].toSorted(([, left], [, right]) => right - left))
    if (bytes > 0) console.log(`| ${part} | ${bytes.toLocaleString("en")} |`);
}
