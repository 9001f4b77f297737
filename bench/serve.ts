/**
 * Packages served by the server's own HTTP against nginx with the same file, fifty requests at a time, taking turns.
 *
 *     node bench/serve.ts [--rounds 3] [--seconds 4] [--megabytes 20]
 */
import { randomBytes } from "node:crypto";
import { copyFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startNginx } from "../sdk/test/servers/nginx.ts";
import { testFolder } from "../sdk/test/support/archives.ts";
import { Vendor } from "../sdk/test/support/vendor.ts";
import { compare, type Round } from "./table/row.ts";

const atOnce = 50;
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    megabytes: { type: "string", default: "20" },
  },
});
await using folder = await testFolder();
const nginx = await startNginx(folder.path);
if (nginx === undefined) throw new Error("nginx and openssl are needed as peers");
const vendor = await Vendor.open({ listen: { port: 0 } });
try {
  const { url = "" } = await vendor.server.start();
  const content = randomBytes(Number(values.megabytes) * 750_000).toString("base64");
  const [archive] = (await vendor.publish("demo-app", "1.0.0", content)).archives;
  if (archive === undefined) throw new Error("no archive");
  const file = `${archive.sha256}.outrider`;
  await copyFile(archive.path, join(nginx.root, file));
  const rounds: Round[] = [];
  for (let round = 0; round < Number(values.rounds); round++)
    rounds.push({
      ours: await requests(`${url}packages/${file}`, archive.size),
      theirs: await requests(`${nginx.url}${file}`, archive.size),
    });
  const megabytes = Math.round(archive.size / 1e6);
  const what = `packages of ${megabytes} MB served, ${atOnce} requests at a time`;
  compare({ what, unit: "a second", peer: "nginx" }, rounds);
} finally {
  await vendor.close();
  await nginx[Symbol.asyncDispose]();
}

/** A second. */
async function requests(url: string, size: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const get = async (): Promise<void> =>
    new Promise((resolve, reject) => {
      request(url, { agent }, (answer) => {
        let bytes = 0;
        answer.on("data", (piece: Buffer) => (bytes += piece.length));
        answer.on("end", () => (bytes === size ? resolve() : reject(new Error(`${bytes} bytes`))));
      })
        .on("error", reject)
        .end();
    });
  await get();
  const started = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() - started < Number(values.seconds) * 1000) {
        await get();
        done++;
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  return done / seconds;
}
