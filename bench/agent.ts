/**
 * What an agent costs a machine: `node bench/agent.ts [--starts 9] [--kills 40] [--seconds 20]`, after `pnpm build`.
 *
 * The small agent file, as a service manager starts it, hearing by HTTP: from its start to the first request, its memory
 * and CPU while nothing happens, each beside a Node that does nothing; and what a kill and the recovery from it take.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { encodeEnvelope } from "../sdk/src/messages/index.ts";
import { AgentProcesses, killAfter } from "../sdk/test/support/agent-processes.ts";
import { Publisher } from "../sdk/test/support/publisher.ts";
import { tellRatio } from "./ratio.ts";

const { values } = parseArgs({
  options: {
    starts: { type: "string", default: "9" },
    kills: { type: "string", default: "40" },
    seconds: { type: "string", default: "20" },
  },
});
const [starts, kills, idleSeconds] = [
  Number(values.starts),
  Number(values.kills),
  Number(values.seconds),
];
const program = join(import.meta.dirname, "../sdk/dist/outrider-agent-lite.mjs");
if (!existsSync(program)) throw new Error(`${program} is not there: run pnpm build first.`);

const folder = await mkdtemp(join(tmpdir(), "outrider-bench-"));
const publisher = await Publisher.start(new Date());
const [trust] = publisher.simulator.published;
if (trust === undefined) throw new Error("no trust document");
const trustEnvelope = encodeEnvelope(trust);
const rows: string[][] = [];
try {
  await measureIdle();
  await measureKills();
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const row of rows)
  process.stdout.write(`${row.map((cell, at) => cell.padEnd(at === 0 ? 34 : 16)).join("")}\n`);

async function measureIdle(): Promise<void> {
  let asked = (): void => undefined;
  const server = createServer((_, response) => {
    asked();
    response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await writeFile(join(folder, "trust.json"), trustEnvelope);
  const config = join(folder, "agent.json");
  await writeFile(
    config,
    JSON.stringify({
      id: "till-7",
      groups: ["tills"],
      dataDirectory: "data",
      installDirectory: "installed",
      trustFile: "trust.json",
      receivers: [{ kind: "http", url: `http://127.0.0.1:${port}/`, pollSeconds: 300 }],
    }),
  );
  const agentMs: number[] = [];
  const nodeMs: number[] = [];
  for (let start = 0; start < starts; start++) {
    const heard = new Promise<void>((resolve) => (asked = resolve));
    let begun = performance.now();
    const agent = spawn(process.execPath, [program, "run", config], { stdio: "ignore" });
    await heard;
    agentMs.push(performance.now() - begun);
    await end(agent);
    begun = performance.now();
    await once(spawn(process.execPath, ["-e", ""], { stdio: "ignore" }), "close");
    nodeMs.push(performance.now() - begun);
  }
  const agent = spawn(process.execPath, [program, "run", config], { stdio: "ignore" });
  const idle = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
  await pause(3000);
  const before = [await usage(agent), await usage(idle)] as const;
  await pause(idleSeconds * 1000);
  const after = [await usage(agent), await usage(idle)] as const;
  await Promise.all([end(agent), end(idle)]);
  server.close();
  const cpu = (at: 0 | 1): string =>
    `${(((after[at].cpuMs - before[at].cpuMs) / idleSeconds / 1000) * 100).toFixed(2)} %`;
  rows.push(
    ["", "agent", "idle Node", "ratio"],
    compare("start to first request, ms", median(agentMs), median(nodeMs)),
    compare("memory while idle, MB", after[0].megabytes, after[1].megabytes),
    [`CPU while idle, ${idleSeconds} s`, cpu(0), cpu(1), ""],
  );
}

async function measureKills(): Promise<void> {
  await using processes = await AgentProcesses.prepare(folder);
  const home = join(folder, "killed");
  const order = {
    data: join(home, "data"),
    install: join(home, "install"),
    carrier: join(home, "carrier"),
    now: publisher.simulator.now.toISOString(),
  };
  await mkdir(order.carrier, { recursive: true });
  await writeFile(join(order.carrier, "trust.json"), trustEnvelope);
  const announce = async (version: number): Promise<void> => {
    const release = await publisher.release({ version: `${version}.0.0` });
    const { sha256, bytes } = release.archive;
    await writeFile(join(order.carrier, `${sha256}.outrider`), bytes);
    await writeFile(join(order.carrier, "message.json"), (await publisher.push(release)).bytes);
  };
  await announce(1);
  const { tookMs } = await processes.run(order);
  const cycles: number[] = [];
  for (let version = 2; cycles.length < kills; version++) {
    await announce(version);
    const begun = performance.now();
    const { killed } = await processes.run(order, killAfter(Math.random() * tookMs));
    if (killed) await processes.run(order);
    if (killed) cycles.push(performance.now() - begun);
  }
  rows.push(
    ["install, small release, ms", tookMs.toFixed(0), "", ""],
    [`kill and recovery, ms (${kills})`, median(cycles).toFixed(0), "", ""],
  );
}

/** Resident memory and CPU time of a process (proc(5), 100 ticks a second). */
async function usage({ pid }: ChildProcess): Promise<{ megabytes: number; cpuMs: number }> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  return {
    megabytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
  };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
}

function compare(name: string, ours: number, theirs: number): string[] {
  tellRatio({ what: `agent, ${name}`, peer: "a Node that does nothing", ratio: ours / theirs });
  return [name, ours.toFixed(0), theirs.toFixed(0), (ours / theirs).toFixed(2)];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
