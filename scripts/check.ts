/**
 * `npm test` and `pnpm check`: all that CI demands, one after another, a line each.
 *
 * A step that fails shows its whole output; the rest still run, so that one look tells everything. What could not be
 * tested for want of a program is said. The last line counts the tests.
 */

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** What vitest's JSON report counts. */
interface TestCounts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

interface Step {
  readonly name: string;
  /** Script below the project and its options, run by Node. */
  readonly argv: readonly string[];
  /** Does it run vitest, and so take vitest's options? */
  readonly tests?: boolean;
}

const project = join(import.meta.dirname, "..");

const steps: readonly Step[] = [
  { name: "format", argv: ["node_modules/oxfmt/bin/oxfmt", "--check"] },
  { name: "generate", argv: ["scripts/generate.ts", "--check"] },
  { name: "build", argv: ["scripts/build.ts"] },
  { name: "lint", argv: ["node_modules/oxlint/bin/oxlint"] },
  { name: "types", argv: ["scripts/types.ts"] },
  { name: "unit", argv: ["node_modules/vitest/vitest.mjs", "run"], tests: true },
  { name: "editor", argv: ["extension/test/run.ts"], tests: true },
  { name: "publint", argv: ["scripts/publint.ts"] },
  { name: "unused", argv: ["node_modules/knip/bin/knip.js"] },
  { name: "sizes", argv: ["scripts/sizes.ts"] },
];

const failed: string[] = [];
const counts: TestCounts[] = [];
const reports = await mkdtemp(join(tmpdir(), "outrider-check-"));
try {
  for (const step of steps) await check(step);
} finally {
  await rm(reports, { recursive: true, force: true });
}
if (failed.length > 0) console.log(`\nFailed: ${failed.join(", ")}`);
const skipped = sum("numPendingTests") + sum("numTodoTests");
console.log(
  `${sum("numPassedTests")} passed, ${sum("numFailedTests")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;

async function check({ name, argv, tests = false }: Step): Promise<void> {
  const report = join(reports, `${name}.json`);
  const options = tests
    ? ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
    : [];
  const start = performance.now();
  const { ok, output } = await run([...argv, ...options]);
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  console.log(`${name.padEnd(10)} ${seconds} s  ${ok ? "ok" : "FAILED"}`);
  if (tests) await count(report);
  if (!ok) {
    failed.push(name);
    console.log(`\n${output}\n`);
    return;
  }
  const notRun = new Set(output.split("\n").filter((line) => line.startsWith("!!!")));
  for (const line of notRun) console.log(line);
}

/** A run that ended before it could report has failed as a step already. */
async function count(report: string): Promise<void> {
  const json = await readFile(report, "utf8").catch(() => undefined);
  if (json !== undefined) counts.push(JSON.parse(json) as TestCounts);
}

function sum(member: keyof TestCounts): number {
  return counts.reduce((total, report) => total + report[member], 0);
}

async function run(argv: readonly string[]): Promise<{ ok: boolean; output: string }> {
  const child = spawn(process.execPath, argv, { cwd: project, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0));
  });
  const [ok, ...streams] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { ok, output: streams.join("").trim() };
}
