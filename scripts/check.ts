/**
 * `npm test` and `pnpm check`: all that CI demands, one after another, a line each.
 *
 * A step that fails shows its whole output; the rest still run, so that one look tells everything. What could not be
 * tested for want of a program is said, and so is what passed only when it was run again. The last line counts the
 * tests.
 */

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  afterSecondTry,
  countTests,
  filesForSecondTry,
  type TestCounts,
  type TestReport,
} from "./second-try.ts";

interface Ended {
  readonly ok: boolean;
  readonly output: string;
}

interface Tested extends Ended {
  /** Absent where the run ended before it could report. */
  readonly report: TestReport | undefined;
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
const skipped = sum("skipped");
console.log(
  `${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;

async function check(step: Step): Promise<void> {
  const { name, argv, tests = false } = step;
  const start = performance.now();
  const { ok, output } = tests ? await test(step) : await run(argv);
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  console.log(`${name.padEnd(10)} ${seconds} s  ${ok ? "ok" : "FAILED"}`);
  if (!ok) {
    failed.push(name);
    console.log(`\n${output}\n`);
    return;
  }
  const notRun = new Set(output.split("\n").filter((line) => line.startsWith("!!!")));
  for (const line of notRun) console.log(line);
}

/** Runs tests, and once more the files that may fail once. */
async function test(step: Step): Promise<Ended> {
  const first = await runTests(step, []);
  const again =
    first.ok || first.report === undefined || first.output.includes("Unhandled Error")
      ? []
      : filesForSecondTry(first.report, project);
  const second = again.length > 0 ? await runTests(step, again) : undefined;
  if (first.report === undefined || second?.report === undefined) {
    if (first.report !== undefined) counts.push(countTests(first.report));
    return first;
  }
  counts.push(countTests(afterSecondTry(first.report, second.report)));
  for (const file of again) console.log(`!!! run a second time: ${file}; the first:`);
  console.log(`\n${first.output}\n`);
  return second;
}

async function runTests({ name, argv }: Step, files: readonly string[]): Promise<Tested> {
  const path = join(reports, `${name}-${files.length}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${path}`];
  const named = files.map((file) => join(project, file));
  const ended = await run([...argv, ...named, ...reporters]);
  const json = await readFile(path, "utf8").catch(() => undefined);
  return { ...ended, report: json === undefined ? undefined : (JSON.parse(json) as TestReport) };
}

function sum(member: keyof TestCounts): number {
  return counts.reduce((total, report) => total + report[member], 0);
}

async function run(argv: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, argv, { cwd: project, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0));
  });
  const [ok, ...streams] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { ok, output: streams.join("").trim() };
}
