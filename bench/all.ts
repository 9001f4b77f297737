/**
 * Every measurement, one after the other, and one table of ratios: `pnpm bench`, after `pnpm build`. Writes
 * docs/reference/benchmarks.md. `--quick` takes smaller sizes and fewer rounds, some minutes in all, and leaves out what
 * needs the registry or takes its time; ratios to peers of the same run mean something on a busy machine, seconds do not.
 *
 *     node bench/all.ts [--quick] [--only verify,server] [--out FILE]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Ratio } from "./ratio.ts";

interface Bench {
  readonly name: string;
  readonly quick?: readonly string[];
}

const benches: readonly Bench[] = [
  { name: "verify", quick: ["--rounds", "3", "--times", "100"] },
  { name: "package", quick: ["--rounds", "1", "--megabytes", "60"] },
  { name: "install", quick: ["--rounds", "1", "--files", "1000", "--megabytes", "60"] },
  { name: "delta" },
  { name: "mail", quick: ["--rounds", "3", "--messages", "300"] },
  { name: "imap", quick: ["--mails", "2000", "--only", "scan"] },
  { name: "copy", quick: ["--rounds", "3", "--megabytes", "100", "--idle", "3"] },
  {
    name: "http",
    quick: ["--rounds", "3", "--megabytes", "60", "--only", "obtain,cut"],
  },
  {
    name: "server",
    quick: ["--recipients", "200000", "--only", "latency,plan,store,http,audit"],
  },
  { name: "agent", quick: ["--starts", "5", "--kills", "5", "--seconds", "5"] },
  { name: "growth", quick: ["--scale", "1"] },
];

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    out: { type: "string", default: join(import.meta.dirname, "../docs/reference/benchmarks.md") },
  },
});
const chosen = benches
  .filter(({ name }) => values.only === undefined || values.only.split(",").includes(name))
  .filter(({ quick }) => !values.quick || quick !== undefined);
const folder = mkdtempSync(join(tmpdir(), "outrider-bench-all-"));
const ratiosFile = join(folder, "ratios");
const startedAt = new Date();
const loads = [loadavg()[0] ?? 0];
const pages: { readonly name: string; readonly text: string }[] = [];
try {
  for (const { name, quick = [] } of chosen) {
    process.stderr.write(`${name} …\n`);
    pages.push({ name, text: await run(name, values.quick ? quick : []) });
    loads.push(loadavg()[0] ?? 0);
    // After each: a run that is broken off leaves what it has measured.
    writeFileSync(values.out, pageOf(tableOf(readRatios())));
  }
  process.stdout.write(`${tableOf(readRatios())}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** In a process of its own: one's memory and warmth are not the other's. @returns what it printed */
async function run(name: string, options: readonly string[]): Promise<string> {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, `${name}.ts`), ...options],
    {
      stdio: ["ignore", "pipe", "inherit"],
      // What hangs must not take the others along.
      timeout: values.quick ? 120_000 : 3_600_000,
      env: { ...process.env, OUTRIDER_BENCH_RATIOS: ratiosFile },
    },
  );
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) process.exitCode = 1;
  return code === 0 ? text.trim() : `${text}did not end well (${code ?? "too long"})`;
}

function readRatios(): Ratio[] {
  if (!existsSync(ratiosFile)) return [];
  const lines = readFileSync(ratiosFile, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Ratio);
}

function tableOf(ratios: readonly Ratio[]): string {
  const rows = ratios.map(
    ({ what, peer, ratio, aim = "" }) => `| ${what} | ${peer} | ${ratio.toFixed(2)} | ${aim} |`,
  );
  return ["| what | to | ratio | aim |", "|---|---|---|---|", ...rows].join("\n");
}

function pageOf(table: string): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const load = `${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`;
  const left = benches
    .filter(({ name }) => !pages.some((page) => page.name === name))
    .map(({ name }) => name)
    .join(", ");
  const minutes = Math.round((Date.now() - startedAt.getTime()) / 60_000);
  return `<!-- Written by \`pnpm bench${values.quick ? " --quick" : ""}\`; do not edit. -->

# Benchmarks

Measured on ${startedAt.toISOString().slice(0, 10)} with Node ${process.versions.node} on ${cpus().length} cores and ${gigabytes} GB of memory, in
${minutes} minutes, while the machine had a load of ${load}${values.quick ? "; small sizes and few rounds (`--quick`)" : ""}. A ratio is ours to the peer's
in the same run, taking turns; for seconds, bytes and memory less is better, for what happens a second more is. An
exponent of 1 means that twice the work takes twice the time; of less, that fixed costs still count at these sizes.

Measured: ${pages.map(({ name }) => name).join(", ")}${left === "" ? "" : `. Not in this run: ${left}`}.

${table}

${pages.map(({ name, text }) => `## ${name}\n\n\`\`\`\n${text}\n\`\`\`\n`).join("\n")}`;
}
