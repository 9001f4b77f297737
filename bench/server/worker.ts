/** One part of `bench/server.ts`. */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { join } from "node:path";
import type { ReceiptFacts, ServerStore } from "../../sdk/src/ledger/index.ts";
import { nodeFileSystem } from "../../sdk/src/ports/index.ts";
import { draftPlan, openAuditLog, rosterOf } from "../../sdk/src/server/index.ts";
import { postgresStore } from "../../sdk/src/store/postgres/index.ts";
import { sqliteStore } from "../../sdk/src/store/sqlite/index.ts";
import { startPostgres } from "../../sdk/test/servers/postgres.ts";
import { tampered, Vendor } from "../../sdk/test/support/vendor.ts";
import { tellRatio } from "../ratio.ts";
import { audienceOf, deploymentOf, settleAll } from "./rollout.ts";

const [part = "", folder = "", recipients = "1000000"] = process.argv.slice(2);
const count = Number(recipients);
const peer = "nginx";
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

/** From `submit` to the transport's `send`: authenticate, plan, store, sign. */
async function latency(): Promise<void> {
  const vendor = await Vendor.open();
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
  await vendor.server.start();
  const times: number[] = [];
  for (let turn = 0; turn < 60; turn++) {
    const trigger = await vendor.trigger(hosted);
    const before = vendor.email.deliveries.length;
    const started = performance.now();
    await vendor.server.submit(trigger);
    while (vendor.email.deliveries.length === before)
      await new Promise((resolve) => setImmediate(resolve));
    times.push(performance.now() - started);
  }
  await vendor.close();
  times.sort((a, b) => a - b);
  say(
    `trigger accepted → first notification handed over: median ${times[30]?.toFixed(1)} ms, p95 ${times[57]?.toFixed(1)} ms (60 runs)`,
  );
}

/** A good trigger's way over HTTP while it is quiet, and among 167 bad ones a second that nobody holds back (T6). */
async function flood(): Promise<void> {
  const vendor = await Vendor.open({ listen: { port: 0, flood: { burst: 1_000_000 } } });
  const { url = "" } = await vendor.server.start();
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
  const good = await vendor.trigger(hosted);
  const bad = [
    new TextEncoder().encode("hello"),
    new Uint8Array(60_000).fill(0x20),
    tampered(good, (text) => text.replace("auto", "offer")),
    await vendor.trigger(hosted, { contentsSha512: new Uint8Array(64) }),
  ];
  const agent = new Agent({ keepAlive: true });
  const post = async (body: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(new URL("triggers", url), { method: "POST", agent }, (answer) =>
        answer.resume().on("end", resolve),
      );
      sent.on("error", reject).end(body);
    });
  const p90 = async (): Promise<number> => {
    const times: number[] = [];
    for (let turn = 0; turn < 40; turn++) {
      const trigger = await vendor.trigger(hosted);
      const started = performance.now();
      await post(trigger);
      times.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return times.toSorted((one, other) => one - other)[36] ?? 0;
  };
  await p90();
  const ratios: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const idle = await p90();
    let next = 0;
    const timer = setInterval(() => void post(bad[next++ % bad.length] ?? good), 6);
    const busy = await p90();
    clearInterval(timer);
    ratios.push(busy / idle);
  }
  agent.destroy();
  await vendor.close();
  ratios.sort((one, other) => one - other);
  say(
    `flood of 10,000 bad triggers a minute: a good one takes ${ratios[1]?.toFixed(2)} times as long as when idle (p90, median of 3)`,
  );
}

const waves = [{ share: 1 }, { share: 10 }, { share: 50 }, { share: 100 }] as const;

async function plan(): Promise<void> {
  const audience = audienceOf(count);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
  const started = performance.now();
  const { jobs } = draftPlan({
    deployment: "11111111-1111-4111-8111-111111111111",
    roster: rosterOf(audience),
    rollout: { waves: [...waves] },
    delivery: "auto",
    archiveBytes: 1_000_000,
    transports: [
      { name: "email", carriage: "message", pace: { perDestination: { messagesPerMinute: 60 } } },
    ],
  });
  const ms = performance.now() - started;
  clearInterval(watch);
  peak = Math.max(peak, process.memoryUsage().rss, process.resourceUsage().maxRSS * 1024);
  tellRatio({
    what: `planning ${count.toLocaleString("en")} recipients, peak memory`,
    peer: "limit of 500 MB",
    ratio: peak / 500e6,
    aim: "<= 1",
  });
  say(
    `planning ${count} recipients: ${(ms / 1000).toFixed(2)} s, ${jobs.length} jobs, ${megabytes(before)} MB before, peak ${megabytes(peak)} MB`,
  );
}

async function store(): Promise<void> {
  await storeFigures("SQLite", sqliteStore({ path: join(folder, "store.sqlite") }));
  const postgres = await startPostgres({ durable: true });
  if (postgres === undefined) return;
  const connectionString = await postgres.database();
  await storeFigures("PostgreSQL", await postgresStore({ connectionString }));
  await postgres[Symbol.asyncDispose]();
}

async function storeFigures(name: string, opened: ServerStore): Promise<void> {
  const size = Math.min(count, 200_000);
  const { deployment, jobs } = deploymentOf(size);
  let started = performance.now();
  await opened.deployments.plan({ deployment, jobs });
  say(`${name}: planned ${size} recipients at ${rate(size, started)} a second`);
  started = performance.now();
  const settled = await settleAll(opened, deployment);
  say(`${name}: settled ${settled} recipients at ${rate(settled, started)} a second (500 a job)`);
  started = performance.now();
  const receiptOf = (index: number): ReceiptFacts => ({
    agent: `agent-${index}`,
    counter: 1,
    deployment: deployment.id,
    state: "installed",
    detail: "",
    text: "{}",
    now: new Date(),
  });
  for (let index = 0; index < 500; index++) await opened.deployments.take(receiptOf(index));
  say(`${name}: ${rate(500, started)} receipts a second, one after the other`);
  started = performance.now();
  await Promise.all(
    Array.from({ length: 50_000 }, (_, index) => opened.deployments.take(receiptOf(index + 500))),
  );
  say(`${name}: ${rate(50_000, started)} receipts a second that come at once`);
  await opened.close();
}

async function http(): Promise<void> {
  const vendor = await Vendor.open({ listen: { port: 0 } });
  const { url = "" } = await vendor.server.start();
  await mkdir(join(vendor.directory, "source"), { recursive: true });
  const hosted = await vendor.publish(
    "demo-app",
    "1.0.0",
    randomBytes(15_000_000).toString("base64"),
  );
  const archive = hosted.archives[0];
  if (archive === undefined) throw new Error("no archive");
  const file = `${archive.sha256}.outrider`;
  const ours = (): Promise<number> => serve(`${url}packages/${file}`, archive.size);
  const size = `${megabytes(archive.size)} MB file at concurrency 50`;
  if (spawnSync(peer, ["-v"]).error === undefined)
    await againstNginx(join(archive.path, ".."), file, archive.size, ours, size);
  else say(`HTTP: ${size}: ${(await ours()).toFixed(1)} requests a second`);
  await vendor.close();
}

/** The same file from both in turn; the median of three ratios. */
async function againstNginx(
  root: string,
  file: string,
  bytes: number,
  ours: () => Promise<number>,
  size: string,
): Promise<void> {
  const port = 20_000 + (process.pid % 20_000);
  const config = join(folder, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder};`)
    .join(" ");
  await writeFile(
    config,
    `${process.getuid?.() === 0 ? "user root; " : ""}daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log; events { worker_connections 256; }
     http { access_log off; sendfile on; tcp_nopush off; ${temporary}
     server { listen 127.0.0.1:${port}; root ${root}; } }`,
  );
  const nginx = spawn(peer, ["-c", config], { stdio: "ignore" });
  await new Promise((resolve) => setTimeout(resolve, 500));
  try {
    const pairs: [number, number][] = [];
    for (let turn = 0; turn < 3; turn++)
      pairs.push([await ours(), await serve(`http://127.0.0.1:${port}/${file}`, bytes)]);
    pairs.sort(([one, other], [a, b]) => one / other - a / b);
    const [our = 0, their = 1] = pairs[1] ?? [];
    say(
      `HTTP: ${size}: ${our.toFixed(1)} requests a second, nginx ${their.toFixed(1)}; ours / nginx = ${(our / their).toFixed(2)} (median of 3)`,
    );
    tellRatio({
      what: `package served at concurrency 50, ${size}, requests a second`,
      peer: "nginx",
      ratio: our / their,
    });
  } finally {
    nginx.kill();
    await once(nginx, "close");
  }
}

/** Requests a second, 50 at a time, in 4 s. */
async function serve(url: string, size: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
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
    Array.from({ length: 50 }, async () => {
      while (performance.now() - started < 4000) {
        await get();
        done++;
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  return done / seconds;
}

async function audit(): Promise<void> {
  const log = await openAuditLog({ path: join(folder, "audit.jsonl"), fileSystem: nodeFileSystem });
  const entry = {
    at: new Date().toISOString(),
    kind: "trigger",
    via: "http",
    verdict: "refused",
    sha256: "0".repeat(64),
    bytes: 900,
  } as const;
  let started = performance.now();
  for (let index = 0; index < 500; index++) await log.append(entry);
  say(`audit: ${rate(500, started)} entries a second, one after the other, each synced`);
  started = performance.now();
  for (let batch = 0; batch < 100; batch++)
    await Promise.all(Array.from({ length: 500 }, () => log.append(entry)));
  say(`audit: ${rate(50_000, started)} entries a second, 500 at a time`);
  await log.close();
}

function rate(items: number, started: number): string {
  return Math.round(items / ((performance.now() - started) / 1000)).toLocaleString("en");
}

const parts = new Map([
  ["latency", latency],
  ["flood", flood],
  ["plan", plan],
  ["store", store],
  ["http", http],
  ["audit", audit],
]);
await parts.get(part)?.();
