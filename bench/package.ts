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
import { compare, figure } from "./table/row.ts";

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
  const rounds = Array.from({ length: Number(values.rounds) }, () => run(worker));
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
  for (const phase of ["build", "sign", "extract"] as const)
    figure(
      `peak memory, ${phase}, ${of}`,
      `${Math.max(...rounds.map((round) => round[phase].megabytes ?? 0))} MB`,
    );
} finally {
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
}

function run(
  worker: string,
): Record<"zip" | "digest" | "build" | "sign" | "unzip" | "sync" | "extract", Phase> {
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
    sync: time(() => execFileSync("sync", ["-f", folder])),
    extract: work(worker, "extract"),
  };
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
