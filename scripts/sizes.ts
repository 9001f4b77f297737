/**
 * `pnpm sizes`: how many bytes a product carries that bundles a part of the SDK.
 *
 * Each row is bundled and minified as a vendor would; too large, or with a library in it that it must never reach,
 * fails (THREATS C2: what we depend on reaches an agent only through this gate).
 * `--write` writes docs/sizes.md, which tells what takes the space.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measure } from "./sizes/measure.ts";
import { outdated, writePage } from "./sizes/page.ts";
import { readRows } from "./sizes/rows.ts";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const page = join(import.meta.dirname, "../docs/sizes.md");

const measured = [];
console.log(`${"bundle".padEnd(36)}${"bytes".padStart(10)}${"at most".padStart(10)}`);
for (const row of readRows()) {
  const measurement = await measure(row);
  measured.push({ row, measurement });
  const { bytes, libraries } = measurement;
  const problems = [
    ...(bytes > row.maxBytes ? ["too large"] : []),
    ...row.without.filter((name) => libraries.has(name)).map((name) => `carries ${name}`),
  ];
  const numbers = [bytes, row.maxBytes].map((count) => count.toLocaleString("en").padStart(10));
  console.log(`${row.name.padEnd(36)}${numbers.join("")}  ${problems.join(", ") || "ok"}`);
  if (problems.length > 0) process.exitCode = 1;
}

if (values.write) writeFileSync(page, writePage(measured));
const old = outdated(readFileSync(page, "utf8"), measured);
if (old.length > 0) {
  console.log(`docs/sizes.md is outdated (${old.join(", ")}): node scripts/sizes.ts --write`);
  process.exitCode = 1;
}
