/**
 * The push/pull utility on a directory, against `cp` and `openssl dgst -sha256` of the same file, taking turns: ours ends
 * with a verified file that is synced to the disk, theirs with a copy and a digest, synced or not. Then what a cut at half costs, and what
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
import { compare, figure, type Round } from "./table/row.ts";

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
  const rounds: (Round & { readonly durable: number })[] = [];
  for (let round = 0; round <= Number(values.rounds); round++)
    rounds.push({
      ours: await measure(ours),
      theirs: await measure(theirs),
      durable: await measure(async () => {
        await theirs();
        execFileSync("sync", [target]);
      }),
    });
  rounds.shift(); // filled the page cache for all
  const what = `verified copy from a share, synced, ${Math.round(size / 1e6)} MB`;
  compare({ what, unit: "s", peer: "cp + openssl dgst" }, rounds);
  compare(
    { what, unit: "s", peer: "cp + openssl dgst + sync" },
    rounds.map((round) => ({ ours: round.ours, theirs: round.durable })),
  );

  await ours();
  await rename(target, `${target}.partial`);
  await truncate(`${target}.partial`, Math.floor(size / 2));
  const again = (await ours()) - (size - Math.floor(size / 2));
  figure(
    "copy from a share, cut at half: fetched again",
    `${again} of ${size.toLocaleString("en")} bytes`,
  );

  const { polls, cpuSeconds } = await watchIdle(Number(values.idle) * 1000);
  figure(
    `CPU of an agent that looks at a share once a minute, an hour (of ${polls} looks)`,
    `${(60 * (cpuSeconds / polls)).toFixed(2)} s`,
  );
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

/** Seconds; what was there before is removed first. */
async function measure(work: () => Promise<unknown>): Promise<number> {
  await rm(join(folder, "archive"), { force: true });
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
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
