/**
 * The package against what people use today, in one run on one tree: build + seal + sign against `zip -6` and
 * `openssl dgst` of every file; verify + extract against `unzip` and `openssl dgst` of every file. Each extraction begins
 * on a disk with nothing left to write, both by turns first; a round before the first, which warms both, is not counted.
 * Of a small tree the start of Node is a good part of our time: it is told beside.
 *
 *     node bench/package.ts [--megabytes 300] [--rounds 3] [--keep]
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundleWorker } from "./bundle.ts";
import { makeTree } from "./package/tree.ts";
import { amount, compare, figure, median } from "./table/row.ts";

interface Phase {
  readonly seconds: number;
  /** Peak memory of the process. */
  readonly megabytes?: number;
}

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "300" },
    rounds: { type: "string", default: "3" },
    keep: { type: "boolean", default: false },
  },
});
const repository = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "outrider-bench-"));
const tree = join(folder, "tree");
const digestAll = `find . -type f -print0 | xargs -0 openssl dgst -sha256 > /dev/null`;

try {
  const { files, bytes } = makeTree(repository, tree, Number(values.megabytes) * 1e6);
  const worker = await bundleWorker("package", folder);
  run(worker, 0);
  const rounds = Array.from({ length: Number(values.rounds) }, (_, at) => run(worker, at));
  const of = `${files.toLocaleString("en")} files, ${megabytes(bytes)} MB`;
  compare(
    { what: `build + sign, ${of}`, unit: "s", peer: "zip -6 + openssl dgst", aim: { atMost: 0.6 } },
    rounds.map(({ build, sign, zip, digest }) => ({
      ours: build.seconds + sign.seconds,
      theirs: zip.seconds + digest.seconds,
    })),
  );
  compare({ what: "archive of these", unit: "bytes", peer: "zip -6", aim: { atMost: 1 } }, [
    { ours: statSync(archivePath()).size, theirs: statSync(join(folder, "tree.zip")).size },
  ]);
  compare(
    {
      what: `verify + extract, synced, ${of}`,
      unit: "s",
      peer: "unzip + openssl dgst",
      aim: { atMost: 0.9 },
    },
    rounds.map(({ extract, unzip, digest }) => ({
      ours: extract.seconds,
      theirs: unzip.seconds + digest.seconds,
    })),
  );
  compare(
    { what: `verify + extract, synced, ${of}`, unit: "s", peer: "unzip + openssl dgst + sync" },
    rounds.map(({ extract, unzip, sync, digest }) => ({
      ours: extract.seconds,
      theirs: unzip.seconds + sync.seconds + digest.seconds,
    })),
  );
  figure(
    "start of Node with the SDK, part of each phase",
    amount(median(rounds.map(({ start }) => start.seconds)), "s"),
  );
  for (const phase of ["build", "sign", "extract"] as const)
    figure(
      `peak memory, ${phase}, ${of}`,
      `${Math.max(...rounds.map((round) => round[phase].megabytes ?? 0))} MB`,
    );
} finally {
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
}

type Round = Readonly<
  Record<"zip" | "digest" | "build" | "sign" | "unzip" | "sync" | "extract" | "start", Phase>
>;

function run(worker: string, round: number): Round {
  rmSync(join(folder, "tree.zip"), { force: true });
  writeFileSync(
    join(folder, "outrider.json"),
    JSON.stringify({
      name: "bench",
      version: "1.0.0",
      files: [{ from: "tree", base: "tree" }],
      install: { strategy: "directory" },
    }),
  );
  const made = {
    zip: time(() => execFileSync("zip", ["-6", "-q", "-r", "../tree.zip", "."], { cwd: tree })),
    build: work(worker, "build"),
    sign: work(worker, "sign"),
    digest: time(() => execFileSync("sh", ["-c", digestAll], { cwd: tree })),
    start: work(worker, "start"),
  };
  // Who comes second finds the disk as the first left it.
  if (round % 2 === 0) return { ...made, ...unzip(), extract: extract(worker) };
  return { ...made, extract: extract(worker), ...unzip() };
}

function unzip(): Pick<Round, "unzip" | "sync"> {
  settle("unzipped");
  return {
    unzip: time(() => execFileSync("unzip", ["-q", "tree.zip", "-d", "unzipped"], { cwd: folder })),
    sync: time(flush),
  };
}

function extract(worker: string): Phase {
  settle("extracted");
  return work(worker, "extract");
}

/** Nobody's time holds what another left to be written, or removed. */
function settle(target: string): void {
  rmSync(join(folder, target), { recursive: true, force: true });
  flush();
}

function flush(): void {
  execFileSync("sync", ["-f", folder]);
}

function time(action: () => unknown): Phase {
  const start = performance.now();
  action();
  return { seconds: (performance.now() - start) / 1000 };
}

/** Runs the SDK in a process of its own; start of Node included. */
function work(worker: string, phase: string): Phase {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [worker, phase, folder], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return { seconds: (performance.now() - start) / 1000, megabytes: Number(stdout) };
}

function archivePath(): string {
  const directory = join(folder, "out/bench-1.0.0");
  return join(directory, readdirSync(directory).find((name) => name.endsWith(".outrider")) ?? "");
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
