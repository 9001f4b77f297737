/**
 * `pnpm check`: all that CI demands, one after another, a line each.
 *
 * A step that fails shows its whole output; the rest still run, so that one look tells everything.
 */

import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const project = join(import.meta.dirname, "..");

/** Name of the step → script below the project and its options, run by Node. */
const steps: readonly (readonly [name: string, ...argv: string[]])[] = [
  ["format", "node_modules/oxfmt/bin/oxfmt", "--check"],
  ["generate", "scripts/generate.ts", "--check"],
  ["build", "scripts/build.ts"],
  ["lint", "node_modules/oxlint/bin/oxlint"],
  ["types", "scripts/types.ts"],
  ["unit", "node_modules/vitest/vitest.mjs", "run"],
  ["publint", "scripts/publint.ts"],
  ["unused", "node_modules/knip/bin/knip.js"],
  ["sizes", "scripts/sizes.ts"],
];

const failed: string[] = [];
for (const [name, ...argv] of steps) {
  const start = performance.now();
  const { ok, output } = await run(argv);
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  console.log(`${name.padEnd(10)} ${seconds} s  ${ok ? "ok" : "FAILED"}`);
  if (ok) continue;
  failed.push(name);
  console.log(`\n${output}\n`);
}
if (failed.length > 0) console.log(`\nFailed: ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;

async function run(argv: readonly string[]): Promise<{ ok: boolean; output: string }> {
  const child = spawn(process.execPath, argv, { cwd: project, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0));
  });
  const [ok, ...streams] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { ok, output: streams.join("").trim() };
}
