/**
 * The figures of getting and hearing by HTTP and on the wire: obtaining an archive against `curl` and `openssl dgst` of
 * the same file from the same nginx, bytes fetched again after a cut at half, what a quiet agent costs by transport, and
 * from the link to the running version.
 *
 *     node bench/http.ts [--megabytes 200] [--rounds 5] [--only obtain,cut,idle,link]
 */
import { execFileSync } from "node:child_process";
import { rm, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { httpObtainer } from "../sdk/src/obtain/http/index.ts";
import { startNginx, type Nginx } from "../sdk/test/servers/nginx.ts";
import { testArchive, testFolder, type TestArchive } from "../sdk/test/support/archives.ts";
import { cuttingProxy } from "../sdk/test/support/cutting-proxy.ts";
import { idle } from "./http/idle.ts";
import { link } from "./http/link.ts";
import { median, say } from "./http/table.ts";
import { tellRatio } from "./ratio.ts";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "200" },
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: "obtain,cut,idle,link" },
  },
});
const parts = values.only.split(",");
await using folder = await testFolder();

if (parts.includes("obtain") || parts.includes("cut")) {
  const nginx = await startNginx(folder.path);
  if (nginx === undefined) throw new Error("nginx and openssl are needed as peers");
  try {
    const archive = testArchive(Number(values.megabytes) * 1_000_000);
    await mkdir(join(nginx.root, "packages"));
    await writeFile(join(nginx.root, "packages", `${archive.sha256}.outrider`), archive.bytes);
    if (parts.includes("obtain")) await obtain(nginx, archive);
    if (parts.includes("cut")) await cut(nginx, archive);
  } finally {
    await nginx[Symbol.asyncDispose]();
  }
}
if (parts.includes("idle")) await idle();
if (parts.includes("link")) await link();

/** Fetched, checked and durable under its name, by us; fetched and digested, by the peers. */
async function obtain(nginx: Nginx, archive: TestArchive): Promise<void> {
  const url = `${nginx.url}packages/`;
  const target = folder.at("obtained");
  const rounds: { ours: number; peers: number; durable: number }[] = [];
  // The first round warms both up.
  for (let round = 0; round <= Number(values.rounds); round++) {
    await rm(target, { force: true });
    const started = performance.now();
    await get(url, nginx.host, archive, target);
    const between = performance.now();
    execFileSync("curl", ["-sSf", "-o", target, `${url}${archive.sha256}.outrider`]);
    execFileSync("openssl", ["dgst", "-sha256", target]);
    const digested = performance.now();
    execFileSync("sync", [target]);
    const durable = performance.now() - between;
    if (round > 0) rounds.push({ ours: between - started, peers: digested - between, durable });
  }
  const figure = (pick: (round: (typeof rounds)[0]) => number): string =>
    median(rounds.map(pick)).toFixed(0);
  const ratio = (pick: (round: (typeof rounds)[0]) => number): string =>
    median(rounds.map((round) => round.ours / pick(round))).toFixed(2);
  tellRatio({
    what: `obtained by HTTP, durable, ${values.megabytes} MB, seconds`,
    peer: "curl + openssl dgst + sync",
    ratio: median(rounds.map((round) => round.ours / round.durable)),
  });
  say(["obtain by HTTP", "ours, durable", "curl + openssl", "the same + sync", "ratios"]);
  say([
    `${values.megabytes} MB`,
    `${figure(({ ours }) => ours)} ms`,
    `${figure(({ peers }) => peers)} ms`,
    `${figure(({ durable }) => durable)} ms`,
    `${ratio(({ peers }) => peers)}, ${ratio(({ durable }) => durable)}`,
  ]);
}

async function cut(nginx: Nginx, archive: TestArchive): Promise<void> {
  await using wire = await cuttingProxy(Number(new URL(nginx.url).port));
  wire.cutAfter(archive.size / 2, 1);
  const target = folder.at("resumed");
  const host = `127.0.0.1:${wire.port}`;
  const transferred = await get(`http://${host}/packages/`, host, archive, target);
  say([
    "cut at half",
    "bytes fetched again",
    `${transferred - archive.size}`,
    `of ${archive.size}`,
  ]);
}

async function get(
  url: string,
  host: string,
  archive: TestArchive,
  target: string,
): Promise<number> {
  const { sha256, size } = archive;
  const obtainer = httpObtainer({ hosts: [host], allowLoopback: true });
  const { signal } = new AbortController();
  return (await obtainer.obtain({ sha256, size, url, target }, { signal })).transferred;
}
