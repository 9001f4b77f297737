/**
 * The push/pull utility on a directory, against `cp` and `openssl dgst -sha256` of the same file, taking turns: ours ends
 * with a verified file that is synced to the disk, theirs with a copy and a digest. Then what a cut at half costs, and what
 * an idle agent costs that watches a share.
 *
 *     node bench/copy.ts [--megabytes 300] [--rounds 5] [--idle 20]
 */
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, open, rename, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { uncObtainer } from "../sdk/src/obtain/unc/index.ts";
import { treeNames } from "../sdk/src/transport/tree/index.ts";
import { uncReceiver } from "../sdk/src/transports/unc/receiver/index.ts";
import { uncSender } from "../sdk/src/transports/unc/sender/index.ts";
import { tellRatio } from "./ratio.ts";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "300" },
    rounds: { type: "string", default: "5" },
    idle: { type: "string", default: "20" },
  },
});
const signal = new AbortController().signal;
const folder = await mkdtemp(join(tmpdir(), "outrider-bench-copy-"));
try {
  const { sha256, size, path, root } = await makeShare(Number(values.megabytes));
  const target = join(folder, "archive");
  const ours = async (): Promise<number> =>
    (await uncObtainer({ roots: [root] }).obtain({ sha256, size, target }, { signal })).transferred;
  const theirs = async (): Promise<void> => {
    execFileSync("cp", [path, target]);
    execFileSync("openssl", ["dgst", "-sha256", target], { stdio: "ignore" });
  };
  const rounds: { ours: number; theirs: number }[] = [];
  for (let round = 0; round <= Number(values.rounds); round++) {
    const measured = { ours: await measure(ours), theirs: await measure(theirs) };
    // The first round fills the page cache for both.
    if (round > 0) rounds.push(measured);
  }
  tellRatio({
    what: `verified copy from a share, ${Math.round(size / 1e6)} MB, seconds`,
    peer: "cp + openssl dgst",
    ratio: median(rounds.map((round) => round.ours / round.theirs)),
  });
  say(["copy and SHA-256", "ours", "cp + openssl dgst", "ratio"]);
  say([
    `${Math.round(size / 1e6)} MB, median of ${rounds.length}`,
    `${median(rounds.map((round) => round.ours)).toFixed(0)} ms`,
    `${median(rounds.map((round) => round.theirs)).toFixed(0)} ms`,
    median(rounds.map((round) => round.ours / round.theirs)).toFixed(2),
  ]);

  await ours();
  await rename(target, `${target}.partial`);
  await truncate(`${target}.partial`, Math.floor(size / 2));
  const fetched = await ours();
  say([]);
  say(["cut at 50 %", "bytes still to come", "bytes fetched", "fetched again"]);
  const missing = size - Math.floor(size / 2);
  say(["", String(missing), String(fetched), String(fetched - missing)]);

  const { polls, cpuSeconds } = await watchIdle(Number(values.idle) * 1000);
  say([]);
  say(["idle agent on a share, an hour", "looks", "CPU seconds"]);
  say([
    "a look a minute (default)",
    "60",
    `${(60 * (cpuSeconds / polls)).toFixed(2)} (of ${polls} looks in ${values.idle} s)`,
  ]);
} finally {
  await rm(folder, { recursive: true });
}

async function makeShare(
  megabytes: number,
): Promise<{ sha256: string; size: number; path: string; root: string }> {
  const root = join(folder, "share");
  await mkdir(join(root, treeNames.packages), { recursive: true });
  const hash = createHash("sha256");
  const unnamed = join(folder, "unnamed");
  const file = await open(unnamed, "w");
  for (let at = 0; at < megabytes; at++) {
    const piece = randomBytes(1_000_000);
    hash.update(piece);
    await file.write(piece);
  }
  await file.close();
  const sha256 = hash.digest("hex");
  const path = join(root, treeNames.package(sha256));
  await rename(unnamed, path);
  return { sha256, size: megabytes * 1_000_000, path, root };
}

/** Milliseconds; what was there before is removed first. */
async function measure(work: () => Promise<unknown>): Promise<number> {
  await rm(join(folder, "archive"), { force: true });
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Looks often and counts, beyond what waiting alone costs: a look costs the same however long the pause before it. */
async function watchIdle(forMs: number): Promise<{ polls: number; cpuSeconds: number }> {
  const root = join(folder, "idle");
  await uncSender({ root }).publish({ catalog: randomBytes(20_000) });
  let polls = 0;
  const random = (): number => {
    polls++; // asked once for every pause
    return 0.5;
  };
  const before = process.cpuUsage();
  const receiver = uncReceiver({ root, pollMs: 20, random });
  for await (const incoming of receiver.receive({ signal: AbortSignal.timeout(forMs) }))
    await incoming.settle("handled");
  const { user, system } = process.cpuUsage(before);
  return { polls, cpuSeconds: (user + system) / 1e6 };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? NaN;
}

function say(cells: readonly string[]): void {
  const line = cells.map((cell) => cell.padEnd(34)).join("");
  process.stdout.write(`${line.trimEnd()}\n`);
}
