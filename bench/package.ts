/**
 * The package against what people use today, in one run on one tree: build + seal + sign against `zip -6` and
 * `openssl dgst` of every file; verify + extract against `unzip` and `openssl dgst` of every file.
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
import { tellRatio } from "./ratio.ts";

interface Phase {
  readonly ms: number;
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
  say(
    `${files} files, ${megabytes(bytes)} MB; Node ${process.versions.node}, zstd ${process.versions.zstd}`,
  );
  const worker = await bundleWorker("package", folder);
  const rounds = Array.from({ length: Number(values.rounds) }, (_, round) => {
    const phases = run(worker);
    say(
      `round ${round + 1}: ${Object.entries(phases)
        .map(
          ([name, { ms, megabytes }]) =>
            `${name} ${(ms / 1000).toFixed(2)} s${megabytes === undefined ? "" : ` (${megabytes} MB)`}`,
        )
        .join(", ")}`,
    );
    return phases;
  });
  const median = (pick: (phases: (typeof rounds)[0]) => number): number =>
    rounds.map(pick).toSorted((left, right) => left - right)[Math.floor(rounds.length / 2)] ??
    Number.NaN;
  const buildRatio = median(
    ({ build, sign, zip, digest }) => (build.ms + sign.ms) / (zip.ms + digest.ms),
  );
  const extractRatio = median(({ extract, unzip, digest }) => extract.ms / (unzip.ms + digest.ms));
  const sizeRatio = statSync(archivePath()).size / statSync(join(folder, "tree.zip")).size;
  tellRatio({
    what: "build + sign, seconds",
    peer: "zip -6 + openssl dgst",
    ratio: buildRatio,
    aim: "<= 0.60",
  });
  tellRatio({ what: "archive, bytes", peer: "zip -6", ratio: sizeRatio, aim: "< 1" });
  tellRatio({
    what: "verify + extract, seconds",
    peer: "unzip + openssl dgst",
    ratio: extractRatio,
    aim: "<= 0.90",
  });
  say(`build + sign / (zip -6 + openssl dgst): ${buildRatio.toFixed(2)} (aim 0.6)`);
  say(`bytes / zip -6: ${sizeRatio.toFixed(2)} (aim below 1)`);
  say(`verify + extract / (unzip + openssl dgst): ${extractRatio.toFixed(2)} (aim 0.9)`);
} finally {
  if (values.keep) say(`kept ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

function run(
  worker: string,
): Record<"zip" | "digest" | "build" | "sign" | "unzip" | "extract", Phase> {
  rmSync(join(folder, "tree.zip"), { force: true });
  rmSync(join(folder, "unzipped"), { recursive: true, force: true });
  rmSync(join(folder, "extracted"), { recursive: true, force: true });
  writeFileSync(
    join(folder, "outrider.json"),
    JSON.stringify({
      name: "bench",
      version: "1.0.0",
      files: [{ from: "tree", base: "tree" }],
      install: { strategy: "directory" },
    }),
  );
  return {
    zip: time(() => execFileSync("zip", ["-6", "-q", "-r", "../tree.zip", "."], { cwd: tree })),
    build: work(worker, "build"),
    sign: work(worker, "sign"),
    digest: time(() => execFileSync("sh", ["-c", digestAll], { cwd: tree })),
    unzip: time(() => execFileSync("unzip", ["-q", "tree.zip", "-d", "unzipped"], { cwd: folder })),
    extract: work(worker, "extract"),
  };
}

function time(action: () => unknown): Phase {
  const start = performance.now();
  action();
  return { ms: performance.now() - start };
}

/** Runs the SDK in a process of its own; start of Node included. */
function work(worker: string, phase: string): Phase {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [worker, phase, folder], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return { ms: performance.now() - start, megabytes: Number(stdout) };
}

function archivePath(): string {
  const directory = join(folder, "out/bench-1.0.0");
  return join(directory, readdirSync(directory).find((name) => name.endsWith(".outrider")) ?? "");
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
