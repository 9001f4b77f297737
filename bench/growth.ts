/**
 * How work grows with its size: each once, ten times and a hundred times as large, and the exponent that fits (1: twice
 * the work takes twice the time). A look through a mailbox needs Dovecot.
 *
 *     node bench/growth.ts [--scale 10] [--rounds 3]    sizes times so many
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildPackage } from "../sdk/src/package/build/index.ts";
import { sqliteStore } from "../sdk/src/store/sqlite/index.ts";
import { imapReceiver } from "../sdk/src/transports/email/receiver/index.ts";
import { placeMails } from "../sdk/test/servers/deliver.ts";
import { startMailSystem, type MailSystem } from "../sdk/test/servers/mail-system.ts";
import { mixedMail, notificationPart } from "../sdk/test/support/mime.ts";
import { deploymentOf, settleAll } from "./store/rollout.ts";
import { curve, median, missing } from "./table/row.ts";

const { values } = parseArgs({
  options: {
    scale: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
  },
});
const scale = Number(values.scale);
const folder = mkdtempSync(join(tmpdir(), "outrider-growth-"));
const rounds = Number(values.rounds);

/** Milliseconds of one, after whatever has to be there before. */
type Work = (size: number, round: number) => Promise<number>;

try {
  await grow("files of 1 KB built", 20 * scale, build);
  await grow("recipients planned", 1000 * scale, plan);
  await grow("recipients settled in SQLite", 1000 * scale, settle);
  await growMailbox();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function grow(what: string, smallest: number, work: Work, turns = rounds): Promise<void> {
  await work(smallest, -1); // warm
  const points: { size: number; milliseconds: number }[] = [];
  for (const times of [1, 10, 100]) {
    const size = smallest * times;
    const took: number[] = [];
    for (let round = 0; round < turns; round++) took.push(await work(size, round));
    points.push({ size, milliseconds: median(took) });
  }
  curve(what, points);
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

/** A mailbox looked through to the last mail, which is ours; Dovecot has its index by then. */
async function growMailbox(): Promise<void> {
  const system = await startMailSystem();
  if (system === undefined) return missing("growth: Postfix and Dovecot, or root, not here");
  try {
    await grow("mails of others looked through by IMAP", 50 * scale, (size, round) =>
      scan(system, size, round),
    );
  } finally {
    await system[Symbol.asyncDispose]();
  }
}

async function scan(system: MailSystem, size: number, round: number): Promise<number> {
  const user = `bench-${size}-${round}@customer.test`;
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
  return timed(() => look("second"));
}
