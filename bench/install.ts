/**
 * A whole installation against `unzip` and `sync`: from the notification to the switched and committed release, with
 * the copy from the share, every signature and digest checked and everything made durable; 10,000 small files, and one
 * of 300 MB. Both begin at a file on a disk of this machine with nothing left to write, by turns first; a round before
 * the first, which warms both, is not counted. Of small files we make each durable by itself, so that the switch to a
 * release means something; `unzip` leaves them to one `sync`.
 *
 *     node bench/install.ts [--rounds 3] [--files 10000] [--megabytes 300]
 */
import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleWorker } from "./bundle.ts";
import { compare, figure, type Round } from "./table/row.ts";

interface Taken {
  readonly ms: number;
  readonly megabytes: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    files: { type: "string", default: "10000" },
    megabytes: { type: "string", default: "300" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "outrider-install-"));
const program = readFileSync(process.execPath);

try {
  const worker = await bundleWorker("install", folder);
  install(`${Number(values.files).toLocaleString("en")} small files`, worker, (tree) =>
    smallFiles(tree, Number(values.files)),
  );
  install(`one file of ${values.megabytes} MB`, worker, (tree) =>
    largeFile(tree, Number(values.megabytes) * 1e6),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function install(title: string, worker: string, fill: (tree: string) => void): void {
  const home = join(folder, title.replaceAll(" ", "-"));
  const tree = join(home, "tree");
  mkdirSync(tree, { recursive: true });
  fill(tree);
  execFileSync("zip", ["-6", "-q", "-r", "../tree.zip", "."], { cwd: tree });
  execFileSync(process.execPath, [worker, "prepare", home]);
  const rounds: (Round & { readonly megabytes: number })[] = [];
  for (let round = 0; round <= Number(values.rounds); round++) {
    const first = round % 2 === 0 ? unzip(home) : undefined;
    const { ms, megabytes } = installOnce(worker, home);
    const theirs = first ?? unzip(home);
    if (round > 0) rounds.push({ ours: ms / 1000, theirs, megabytes });
  }
  const megabytes = Math.max(...rounds.map((round) => round.megabytes));
  compare({ what: `installation of ${title}`, unit: "s", peer: "unzip + sync" }, rounds);
  figure(`peak memory, installation of ${title}`, `${megabytes} MB`);
}

/** @returns seconds */
function unzip(home: string): number {
  settle(home, ["unzipped"]);
  const start = performance.now();
  execFileSync("unzip", ["-q", "tree.zip", "-d", "unzipped"], { cwd: home });
  execFileSync("sync", ["-f", home]);
  return (performance.now() - start) / 1000;
}

function installOnce(worker: string, home: string): Taken {
  settle(home, ["data", "install"]);
  const printed = execFileSync(process.execPath, [worker, "install", home], { encoding: "utf8" });
  return JSON.parse(printed) as Taken;
}

/** Nobody's time holds what another left to be written, or removed. */
function settle(home: string, targets: readonly string[]): void {
  for (const target of targets) rmSync(join(home, target), { recursive: true, force: true });
  execFileSync("sync", ["-f", home]);
}

/** Parts of Node's own program, half a kilobyte to eight, a hundred in a folder. */
function smallFiles(tree: string, count: number): void {
  for (let at = 0; at < count; at++) {
    const directory = join(tree, `folder-${Math.floor(at / 100)}`);
    if (at % 100 === 0) mkdirSync(directory);
    const start = (at * 7919) % (program.length - 8192);
    writeFileSync(
      join(directory, `${at}.bin`),
      program.subarray(start, start + 512 + ((at * 37) % 7680)),
    );
  }
}

/** Node's own program, again and again. */
function largeFile(tree: string, bytes: number): void {
  const file = openSync(join(tree, "large.bin"), "w");
  for (let left = bytes; left > 0; left -= program.length)
    writeSync(file, program, 0, Math.min(left, program.length));
  closeSync(file);
}
