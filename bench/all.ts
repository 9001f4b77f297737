/**
 * Every measurement, one after the other, and one table of ratios: `pnpm bench`, after `pnpm build`. `--quick` takes small
 * sizes and few rounds. Ratios to peers of the same run mean something on a busy machine, seconds do not.
 *
 *     node bench/all.ts [--quick] [--only NAME,NAME] [--json] [--write]
 *
 * `--write` writes docs/reference/benchmarks.md, after each subject: a run that is broken off leaves what it measured.
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runSubject } from "./run.ts";
import { subjects } from "./subjects.ts";
import { benchmarksPage, ratioTable, type Chapter, type RunFacts } from "./table/page.ts";

const page = join(import.meta.dirname, "../docs/reference/benchmarks.md");
const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const names = values.only?.split(",") ?? subjects.map(({ name }) => name);
const unknown = names.find((name) => subjects.every((subject) => subject.name !== name));
if (unknown === undefined) await measure();
else {
  const known = subjects.map(({ name }) => name).join(", ");
  process.stderr.write(`There is no subject ${unknown}; there are ${known}.\n`);
  process.exitCode = 2;
}

async function measure(): Promise<void> {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => stop.abort());
  const startedAt = new Date();
  const loads = [loadavg()[0] ?? 0];
  const chapters: Chapter[] = [];
  for (const subject of subjects.filter(({ name }) => names.includes(name))) {
    if (stop.signal.aborted) break;
    const begun = performance.now();
    process.stderr.write(`${subject.name} …\n`);
    const told = await runSubject(subject, { quick: values.quick, signal: stop.signal });
    process.stderr.write(`${subject.name}: ${((performance.now() - begun) / 1000).toFixed(0)} s\n`);
    if (told.some(({ kind }) => kind === "missing")) process.exitCode = 1;
    chapters.push({ subject: subject.name, told });
    loads.push(loadavg()[0] ?? 0);
    if (values.write) writeFileSync(page, benchmarksPage(factsOf(startedAt, loads), chapters));
  }
  const facts = factsOf(startedAt, loads);
  const shown = values.json
    ? JSON.stringify({ facts, chapters }, undefined, 2)
    : ratioTable(chapters);
  process.stdout.write(`${shown}\n`);
  if (stop.signal.aborted) process.exitCode = 130;
}

function factsOf(startedAt: Date, loads: readonly number[]): RunFacts {
  return {
    date: startedAt.toISOString().slice(0, 10),
    node: process.versions.node,
    cores: cpus().length,
    gigabytes: Math.round(totalmem() / 2 ** 30),
    minutes: Math.max(1, Math.round((Date.now() - startedAt.getTime()) / 60_000)),
    load: [Math.min(...loads), Math.max(...loads)],
    quick: values.quick,
  };
}
