/**
 * Real processes, really killed (after OSTree's destructive tests): at a random moment of an upgrade, again and again,
 * until one run is left alone. At every moment the old version runs or the new one; in the end each was reported once.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encodeEnvelope } from "../../src/messages/index.ts";
import type { Receipt } from "../../src/schema/index.ts";
import { sealedReceipt } from "../support/agent-bench.ts";
import type { ProcessOrder } from "../support/agent-process.ts";
import { Publisher } from "../support/publisher.ts";

/** Kills in one run of this test. */
const kills = process.env.OUTRIDER_KILLS === undefined ? 8 : Number(process.env.OUTRIDER_KILLS);
const program = join(import.meta.dirname, "../support/agent-process.ts");

let root: string;
let order: ProcessOrder;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outrider-kill-"));
  order = {
    data: join(root, "data"),
    install: join(root, "install"),
    carrier: join(root, "carrier"),
    now: "2026-11-22T12:00:00Z",
  };
  await mkdir(order.carrier);
  await writeFile(join(root, "order.json"), JSON.stringify(order));
});
afterEach(async () => rm(root, { recursive: true, force: true }));

/** Runs the agent; with a delay, kills it so many milliseconds after it has begun. @returns how long it took after that */
async function run(
  killAfterMs?: number,
): Promise<{ readonly killed: boolean; readonly tookMs: number }> {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", program, join(root, "order.json")],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let errors = "";
  let begun = 0;
  child.stderr.on("data", (chunk) => (errors += String(chunk)));
  child.stdout.once("data", () => {
    begun = performance.now();
    if (killAfterMs !== undefined) setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once("close", (...ended: [number | null, string | null]) => resolve(ended)),
  );
  if (signal === null && code !== 0) throw new Error(errors);
  return { killed: signal !== null, tookMs: performance.now() - begun };
}

async function installed(): Promise<string> {
  const folder = join(order.install, "demo-app", "current");
  const names = (await readdir(folder)).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return `${names.join()}: ${texts.join("")}`;
}

test(
  `SIGKILL ${kills} times: old or new, never between, reported once`,
  { timeout: 30_000 + kills * 5000 },
  async () => {
    const publisher = await Publisher.start(new Date(order.now));
    const [trust] = publisher.simulator.published;
    if (trust === undefined) throw new Error("no trust document");
    await writeFile(join(order.carrier, "trust.json"), encodeEnvelope(trust));
    const big = "0123456789abcdef".repeat(20_000);
    const announce = async (version: number): Promise<string> => {
      const files = {
        "a.txt": `${version}\n`,
        [`b${version % 2}.txt`]: `${version}\n`,
        "big.txt": `${version}${big}`,
      };
      const release = await publisher.release({ version: `${version}.0.0`, files });
      const pushed = await publisher.push(release);
      await writeFile(
        join(order.carrier, `${release.archive.sha256}.outrider`),
        release.archive.bytes,
      );
      await writeFile(join(order.carrier, "message.json"), pushed.bytes);
      const names = Object.keys(files).toSorted();
      return `${names.join()}: ${names.map((name) => files[name as keyof typeof files]).join("")}`;
    };

    let running = await announce(1);
    let { tookMs } = await run();
    expect(await installed()).toBe(running);
    let version = 1;
    for (let killed = 0; killed < kills;) {
      const next = await announce(++version);
      // Killed up to four times on the way, then left alone.
      for (let attempt = 0; attempt < 4 && killed < kills; attempt++) {
        const result = await run(Math.random() * 1.1 * tookMs);
        if (!result.killed) break;
        killed++;
        expect([running, next]).toContain(await installed());
      }
      ({ tookMs } = await run());
      running = next;
      expect(await installed()).toBe(running);
    }

    const receipts: Receipt[] = [];
    for (const name of await readdir(order.carrier))
      if (name.startsWith("receipt-"))
        receipts.push(
          JSON.parse(sealedReceipt(await readFile(join(order.carrier, name))).text) as Receipt,
        );
    expect(receipts.every(({ outcome }) => outcome === "installed")).toBe(true);
    // A kill between sending and noting it down sends the same receipt twice: same counter, same content.
    const counters = new Map(receipts.map((receipt) => [receipt.counter, receipt.package.version]));
    expect([...counters.values()].toSorted()).toEqual(
      Array.from({ length: version }, (_, at) => `${at + 1}.0.0`).toSorted(),
    );
    expect(await readdir(join(order.data, "deployments"))).toEqual([]);
  },
);
