/**
 * What an agent costs a machine: the size of its one file against what it may have; from the start of the small one, as a
 * service manager starts it, to its first request by HTTP, its memory and CPU while nothing happens, each beside a Node that
 * does nothing; and what a kill and the recovery from it take beside an installation that nobody disturbs.
 *
 *     node bench/agent.ts [--starts 9] [--kills 40] [--seconds 20]    after `pnpm build`
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { encodeEnvelope } from "../sdk/src/messages/index.ts";
import { AgentProcesses, killAfter } from "../sdk/test/support/agent-processes.ts";
import { Publisher } from "../sdk/test/support/publisher.ts";
import { compare, figure, type Round } from "./table/row.ts";

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
const built = join(import.meta.dirname, "../sdk/dist");
const program = join(built, "outrider-agent-lite.mjs");
if (!existsSync(program)) throw new Error(`${program} is not there: run pnpm build first.`);

const folder = await mkdtemp(join(tmpdir(), "outrider-bench-"));
const publisher = await Publisher.start(new Date());
const [trust] = publisher.simulator.published;
if (trust === undefined) throw new Error("no trust document");
const trustEnvelope = encodeEnvelope(trust);
try {
  await measureSize();
  await measureIdle();
  await measureKills();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measureSize(): Promise<void> {
  for (const [file, what, most] of [
    ["outrider-agent.mjs", "agent as one file, all transports", 1_000_000],
    ["outrider-agent-lite.mjs", "agent as one file, without mail", 150_000],
  ] as const) {
    const peer = `limit of ${most.toLocaleString("en")} bytes`;
    const { size } = await stat(join(built, file));
    compare({ what, unit: "bytes", peer, aim: { atMost: 1 } }, [{ ours: size, theirs: most }]);
  }
}

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
  const rounds: Round[] = [];
  for (let start = 0; start < starts; start++) {
    const heard = new Promise<void>((resolve) => (asked = resolve));
    let begun = performance.now();
    const agent = spawn(process.execPath, [program, "run", config], { stdio: "ignore" });
    await heard;
    const ours = performance.now() - begun;
    await end(agent);
    begun = performance.now();
    await once(spawn(process.execPath, ["-e", ""], { stdio: "ignore" }), "close");
    rounds.push({ ours, theirs: performance.now() - begun });
  }
  const agent = spawn(process.execPath, [program, "run", config], { stdio: "ignore" });
  const idle = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
  await pause(3000);
  const before = [await usage(agent), await usage(idle)] as const;
  await pause(idleSeconds * 1000);
  const after = [await usage(agent), await usage(idle)] as const;
  await Promise.all([end(agent), end(idle)]);
  server.close();
  const cpu = (at: 0 | 1): number => (after[at].cpuMs - before[at].cpuMs) / idleSeconds / 10;
  const peer = "a Node that does nothing";
  compare({ what: "agent, start to first request", unit: "ms", peer }, rounds);
  compare({ what: "agent, memory while idle", unit: "MB", peer }, [
    { ours: after[0].megabytes, theirs: after[1].megabytes },
  ]);
  figure(
    `CPU while idle, ${idleSeconds} s: agent, ${peer}`,
    `${cpu(0).toFixed(2)} %, ${cpu(1).toFixed(2)} %`,
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
  compare(
    {
      what: "small release, killed at a random moment and recovered",
      unit: "ms",
      peer: "not killed",
    },
    cycles.map((ours) => ({ ours, theirs: tookMs })),
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
