/** Clocks that jump, machines that sleep, a second agent: none of it changes what is installed. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { works, type State } from "../../src/agent/index.ts";
import { encodeEnvelope } from "../../src/messages/index.ts";
import { Bench } from "../support/agent-bench.ts";
import { AgentProcesses, sleepAfter } from "../support/agent-processes.ts";
import { contentBelow } from "../support/installed-content.ts";
import { watchJournal } from "../support/journal-watch.ts";
import { Publisher } from "../support/publisher.ts";
import { current, Upgrade } from "../support/upgrade.ts";

let publisher: Publisher;
beforeAll(async () => {
  publisher = await Publisher.start();
});

const decadeMs = 10 * 365 * 86_400_000;
const forward = (Object.keys(works) as State[]).filter(
  (state) =>
    works[state] !== undefined && !["recognized", "rollingBack", "rolledBack"].includes(state),
);

describe("the clock jumps", () => {
  for (const state of forward)
    for (const jumpMs of [decadeMs, -decadeMs])
      test(`in ${state}, by ${jumpMs > 0 ? "+" : "−"}10 years: installed and reported as if nothing was`, async () => {
        const upgrade = await Upgrade.prepare(publisher);
        const disk = upgrade.before.clone();
        const bench = await upgrade.machine(disk);
        let offsetMs = 0;
        const agent = await bench.start({
          clock: { now: () => new Date(publisher.simulator.now.getTime() + offsetMs) },
        });
        agent.on((event) => {
          if (event.type === "state" && event.state === state) offsetMs = jumpMs;
        });
        // The first state is entered before anybody is told.
        if (state === "authenticated")
          agent.on((event) => {
            if (event.type === "progress") offsetMs = jumpMs;
          });
        expect(await bench.deliver(upgrade.pushed)).toMatchObject({
          detail: "demo-app 2.0.0 is installed.",
        });
        expect(contentBelow(disk, current)).toEqual(upgrade.newFiles);
        const [receipt] = await bench.receipts();
        expect(receipt).toMatchObject({ outcome: "installed" });
        expect(receipt?.durationMs).toBeGreaterThanOrEqual(0);
        await bench.clear();
      });

  for (const state of ["authenticated", "obtained", "verified", "staged"] as const)
    test(`back by 10 years over a restart in ${state}: it waits, and goes on when the clock is right`, async () => {
      const upgrade = await Upgrade.prepare(publisher);
      const disk = upgrade.before.clone();
      const watched = watchJournal(disk, { state, moment: "entered", effect: "kill" });
      const first = await upgrade.machine(disk, watched);
      await first.deliver(upgrade.pushed).catch(() => undefined);
      await first.agent?.close().catch(() => undefined);
      const bench = await upgrade.machine(disk);
      const { archive } = upgrade.pushed.release;
      bench.host.set(archive.sha256, archive.bytes);
      const early = new Date(publisher.simulator.now.getTime() - decadeMs);
      await bench.start({ clock: { now: () => early } });
      expect(await bench.agent?.resume()).toBe(1);
      expect(contentBelow(disk, current)).toEqual(upgrade.oldFiles);
      await bench.start();
      expect(await bench.agent?.resume()).toBe(0);
      expect(contentBelow(disk, current)).toEqual(upgrade.newFiles);
      const told = (await bench.receipts()).map(({ outcome }) => outcome);
      expect(told.filter((outcome) => outcome !== "deferred")).toEqual(["installed"]);
      await bench.clear();
    });
});

test("what comes while the clock is wrong is not refused for good: it comes again", async () => {
  const upgrade = await Upgrade.prepare(publisher);
  const bench = await upgrade.machine(upgrade.before.clone());
  let offsetMs = 0;
  await bench.start({
    clock: { now: () => new Date(publisher.simulator.now.getTime() + offsetMs) },
  });
  const settled: string[] = [];
  for (const backMs of [86_400_000, decadeMs]) {
    offsetMs = -backMs;
    const verdict = await bench.hand(upgrade.pushed.bytes, { settled });
    expect([backMs, verdict]).toEqual([backMs, expect.objectContaining({ verdict: "postponed" })]);
  }
  expect(settled).toEqual([]);
  offsetMs = 0;
  expect(await bench.deliver(upgrade.pushed)).toMatchObject({
    detail: "demo-app 2.0.0 is installed.",
  });
  await bench.clear();
});

test("the machine sleeps in the middle of it, three times: it goes on where it was", async () => {
  const root = await mkdtemp(join(tmpdir(), "outrider-sleep-"));
  try {
    await using processes = await AgentProcesses.prepare(root);
    const order = {
      data: join(root, "data"),
      install: join(root, "install"),
      carrier: join(root, "carrier"),
      now: publisher.simulator.now.toISOString(),
    };
    await mkdir(order.carrier);
    const [trust] = publisher.simulator.published;
    if (trust === undefined) throw new Error("no trust document");
    await writeFile(join(order.carrier, "trust.json"), encodeEnvelope(trust));
    for (const version of ["1.0.0", "2.0.0", "3.0.0"]) {
      const release = await publisher.release({ name: "sleepy", version });
      const { sha256, bytes } = release.archive;
      await writeFile(join(order.carrier, `${sha256}.outrider`), bytes);
      await writeFile(join(order.carrier, "message.json"), (await publisher.push(release)).bytes);
      await processes.run(order, sleepAfter(4 + Math.random() * 20, 300));
      expect(await readFile(join(order.install, "sleepy", "current", "app.txt"), "utf8")).toBe(
        `sleepy ${version}\n`,
      );
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

test("a second agent on the same directories is refused, and harms nothing", async () => {
  const bench = await Bench.make({ publisher });
  try {
    await bench.start();
    const second = await Bench.make({ publisher });
    Object.assign(second, { data: bench.data, install: bench.install });
    await expect(second.start()).rejects.toMatchObject({
      code: "AGENT_BUSY",
      retryable: true,
      message: expect.stringContaining(`process ${process.pid}`),
    });
    const pushed = await publisher.push(
      await publisher.release({ name: "only", version: "1.0.0" }),
    );
    expect(await bench.deliver(pushed)).toMatchObject({ detail: "only 1.0.0 is installed." });
    await second.clear();
  } finally {
    await bench.clear();
  }
});
