/**
 * How work grows with its size: each once, ten times and a hundred times as large, and the exponent that fits (1: twice
 * the work takes twice the time). A look through a mailbox needs Dovecot.
 *
 *     node bench/growth.ts [--scale 10]    sizes times so many
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPackage } from "../sdk/src/package/build/index.ts";
import { sqliteStore } from "../sdk/src/store/sqlite/index.ts";
import { imapReceiver } from "../sdk/src/transports/email/receiver/index.ts";
import { placeMails } from "../sdk/test/servers/deliver.ts";
import { startMailSystem } from "../sdk/test/servers/mail-system.ts";
import { mixedMail, notificationPart } from "../sdk/test/support/mime.ts";
import { median } from "./http/table.ts";
import { row } from "./imap/memory.ts";
import { tellRatio } from "./ratio.ts";
import { deploymentOf, settleAll } from "./server/rollout.ts";

const { values } = parseArgs({ options: { scale: { type: "string", default: "10" } } });
const scale = Number(values.scale);
const folder = mkdtempSync(join(tmpdir(), "outrider-growth-"));
const rounds = 3;

/** Milliseconds of one, after whatever has to be there before. */
type Work = (size: number, round: number) => Promise<number>;

try {
  row("seconds at", "once", "10 times", "100 times", "exponent");
  await grow("build, files of 1 KB", 20 * scale, build);
  await grow("plan, recipients", 1000 * scale, plan);
  await grow("settle in the embedded store, recipients", 1000 * scale, settle);
  await grow("IMAP, mails of others", 50 * scale, scan, 1);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function grow(what: string, smallest: number, work: Work, turns = rounds): Promise<void> {
  const sizes = [1, 10, 100].map((times) => smallest * times);
  await work(smallest, -1); // warm
  const times: number[] = [];
  for (const size of sizes) {
    const took: number[] = [];
    for (let round = 0; round < turns; round++) took.push(await work(size, round));
    times.push(median(took));
  }
  if (times.some(Number.isNaN)) return;
  const exponent = slope(sizes.map(Math.log), times.map(Math.log));
  const shown = times.map((ms) => (ms / 1000).toFixed(3));
  row(`${what}: ${sizes[0]?.toLocaleString("en")}`, ...shown, exponent.toFixed(2));
  tellRatio({ what: `growth, ${what}, exponent`, peer: "in proportion", ratio: exponent });
}

/** Least squares. */
function slope(xs: readonly number[], ys: readonly number[]): number {
  const mean = (all: readonly number[]): number => all.reduce((sum, n) => sum + n, 0) / all.length;
  const [x, y] = [mean(xs), mean(ys)];
  const over = xs.reduce((sum, at, index) => sum + (at - x) * ((ys[index] ?? 0) - y), 0);
  return over / xs.reduce((sum, at) => sum + (at - x) ** 2, 0);
}

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function build(files: number, round: number): Promise<number> {
  const home = join(folder, `build-${files}-${round}`);
  mkdirSync(join(home, "tree"), { recursive: true });
  for (let at = 0; at < files; at++)
    writeFileSync(join(home, "tree", `${at}.txt`), `${at} `.repeat(1024 / `${at} `.length));
  const sourceFile = join(home, "outrider.json");
  const source = {
    name: "bench",
    version: "1.0.0",
    files: [{ from: "tree", base: "tree" }],
    install: { strategy: "directory" },
  };
  writeFileSync(sourceFile, JSON.stringify(source));
  const ms = await timed(() =>
    buildPackage({ sourceFile, outputDirectory: join(home, "out"), releasedAt: new Date(0) }),
  );
  rmSync(home, { recursive: true });
  return ms;
}

function plan(size: number): Promise<number> {
  return timed(() => deploymentOf(size));
}

async function settle(size: number, round: number): Promise<number> {
  const path = join(folder, `store-${size}-${round}.sqlite`);
  const store = sqliteStore({ path });
  const { deployment, jobs } = deploymentOf(size);
  await store.deployments.plan({ deployment, jobs });
  const ms = await timed(() => settleAll(store, deployment));
  await store.close();
  rmSync(path);
  return ms;
}

/** To the last mail, which is ours; Dovecot has its index by then. */
async function scan(size: number, round: number): Promise<number> {
  const system = await startMailSystem();
  if (system === undefined) return NaN;
  try {
    const user = "bench@customer.test";
    const foreign = Array.from(
      { length: size },
      (_, at) => `From: a@b.test\nTo: c@d.test\nSubject: ${at}\n\nhello\n`,
    );
    await placeMails(system, user, [...foreign, mixedMail(notificationPart)]);
    const look = async (name: string): Promise<void> => {
      const stop = new AbortController();
      const receiver = imapReceiver({
        server: {
          host: "localhost",
          port: system.ports.imaps,
          ca: system.ca,
          login: { user, password: system.password },
        },
        spoolDirectory: join(folder, `${name}-${size}-${round}`),
      });
      for await (const incoming of receiver.receive({ signal: stop.signal })) {
        await incoming.settle("ignored");
        stop.abort();
      }
    };
    await look("first");
    return await timed(() => look("second"));
  } finally {
    await system[Symbol.asyncDispose]();
  }
}
