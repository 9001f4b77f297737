/**
 * The Internet utility against `curl` and `openssl dgst` of the same file from the same nginx, taking turns, and the bytes
 * it fetches again after a cut at half. Ours ends with a checked file under its name, synced to the disk.
 *
 *     node bench/obtain.ts [--megabytes 200] [--rounds 5]
 */
import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { httpObtainer } from "../sdk/src/obtain/http/index.ts";
import { startNginx, type Nginx } from "../sdk/test/servers/nginx.ts";
import { testArchive, testFolder, type TestArchive } from "../sdk/test/support/archives.ts";
import { cuttingProxy } from "../sdk/test/support/cutting-proxy.ts";
import { compare, figure } from "./table/row.ts";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "200" },
    rounds: { type: "string", default: "5" },
  },
});
await using folder = await testFolder();
const nginx = await startNginx(folder.path);
if (nginx === undefined) throw new Error("nginx and openssl are needed as peers");
try {
  const archive = testArchive(Number(values.megabytes) * 1_000_000);
  await mkdir(join(nginx.root, "packages"));
  await writeFile(join(nginx.root, "packages", `${archive.sha256}.outrider`), archive.bytes);
  await obtain(nginx, archive);
  await cut(nginx, archive);
} finally {
  await nginx[Symbol.asyncDispose]();
}

async function obtain(from: Nginx, archive: TestArchive): Promise<void> {
  const url = `${from.url}packages/`;
  const target = folder.at("obtained");
  const seconds = async (work: () => unknown): Promise<number> => {
    await rm(target, { force: true });
    const started = performance.now();
    await work();
    return (performance.now() - started) / 1000;
  };
  const fetchAndDigest = (): void => {
    execFileSync("curl", ["-sSf", "-o", target, `${url}${archive.sha256}.outrider`]);
    execFileSync("openssl", ["dgst", "-sha256", target]);
  };
  const rounds: { ours: number; fetched: number; durable: number }[] = [];
  for (let round = 0; round <= Number(values.rounds); round++)
    rounds.push({
      ours: await seconds(() => get(url, from.host, archive, target)),
      fetched: await seconds(fetchAndDigest),
      durable: await seconds(() => {
        fetchAndDigest();
        execFileSync("sync", [target]);
      }),
    });
  rounds.shift(); // warmed all up
  const what = `obtained by HTTP, verified and synced, ${values.megabytes} MB`;
  compare(
    { what, unit: "s", peer: "curl + openssl dgst" },
    rounds.map(({ ours, fetched }) => ({ ours, theirs: fetched })),
  );
  compare(
    { what, unit: "s", peer: "curl + openssl dgst + sync" },
    rounds.map(({ ours, durable }) => ({ ours, theirs: durable })),
  );
}

async function cut(from: Nginx, archive: TestArchive): Promise<void> {
  await using wire = await cuttingProxy(Number(new URL(from.url).port));
  wire.cutAfter(archive.size / 2, 1);
  const host = `127.0.0.1:${wire.port}`;
  const transferred = await get(`http://${host}/packages/`, host, archive, folder.at("resumed"));
  figure(
    "obtained by HTTP, cut at half: fetched again",
    `${transferred - archive.size} of ${archive.size.toLocaleString("en")} bytes`,
  );
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
