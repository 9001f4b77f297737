/** THREATS A4: a release that never becomes healthy, or that takes the machine down with it, again and again. */
import { afterEach, beforeAll, expect, test } from "vitest";
import type { ProgramRunner } from "../../src/agent/index.ts";
import { maxWrites } from "../../src/agent/machine.ts";
import { Bench } from "../support/agent-bench.ts";
import { contentBelow } from "../support/installed-content.ts";
import { watchJournal } from "../support/journal-watch.ts";
import { Publisher } from "../support/publisher.ts";
import { current, Upgrade } from "../support/upgrade.ts";

let publisher: Publisher;
let bench: Bench | undefined;
beforeAll(async () => {
  publisher = await Publisher.start();
});
afterEach(async () => bench?.clear());

test("A4 a health check that always fails: three attempts, the old version, one report, quarantine", async () => {
  bench = await Bench.make({ publisher });
  await bench.deliver(await publisher.push(await publisher.release({ version: "1.0.0" })));
  const count = "require('node:fs').appendFileSync('../../attempts', 'x'); process.exit(1)";
  const sick = await publisher.release({
    version: "2.0.0",
    install: { strategy: "directory", healthCheck: { argv: ["node", "-e", count] } },
  });
  const pushed = await publisher.push(sick);
  expect(await bench.deliver(pushed)).toMatchObject({ verdict: "handled", code: "HEALTH_FAILED" });
  expect(await bench.installedText("../attempts")).toBe("xxx");
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");

  await bench.deliver(pushed, "unc");
  const again = await publisher.announce(sick, pushed.trigger);
  await bench.deliver(again, "http");
  const order = await publisher.push(sick);
  expect(await bench.deliver(order)).toMatchObject({ verdict: "refused", code: "QUARANTINED" });
  const receipts = (await bench.receipts()).filter(
    ({ package: { version } }) => version === "2.0.0",
  );
  expect(receipts.map(({ outcome, code }) => [outcome, code])).toEqual([
    ["rolledBack", "HEALTH_FAILED"],
    ["refused", "QUARANTINED"], // the second order has its own answer
  ]);
  expect(await bench.installedText("../attempts")).toBe("xxx");

  const mended = await publisher.push(await publisher.release({ version: "2.0.1" }));
  expect(await bench.deliver(mended)).toMatchObject({ detail: "demo-app 2.0.1 is installed." });
});

test("A4 a check that takes the machine down: tried three times in all, then the old version", async () => {
  let runs = 0;
  const fatal: ProgramRunner = { run: () => (runs++, new Promise(() => undefined)) }; // the power goes while it runs
  const upgrade = await Upgrade.prepare(publisher, {
    install: { strategy: "directory", healthCheck: { argv: ["node", "check.js"] } },
    options: { programs: fatal },
  });
  const disk = upgrade.before.clone();
  for (let boot = 1; boot <= 3; boot++) {
    const machine = await upgrade.machine(disk);
    void machine.deliver(upgrade.pushed).catch(() => undefined);
    await expect.poll(() => runs).toBe(boot);
  }
  const machine = await upgrade.machine(disk);
  await machine.deliver(upgrade.pushed);
  expect(runs).toBe(3);
  expect(contentBelow(disk, current)).toEqual(upgrade.oldFiles);
  expect((await machine.receipts()).map(({ outcome, code }) => [outcome, code])).toEqual([
    ["rolledBack", "HEALTH_FAILED"],
  ]);
  await machine.clear();
});

test("A4 killed at the same point for ever: the journal is written a bounded number of times, then the way is back", async () => {
  for (const state of ["verified", "staged", "switched"] as const) {
    const upgrade = await Upgrade.prepare(publisher);
    const disk = upgrade.before.clone();
    let writes = 0;
    let boots = 0;
    for (; boots < 2 * maxWrites; boots++) {
      const watched = watchJournal(disk, { state, moment: "entered", effect: "kill" });
      const machine = await upgrade.machine(disk, watched);
      await machine.deliver(upgrade.pushed).catch(() => undefined);
      writes += watched.states.length;
      if (watched.states.includes("reported")) break;
      await machine.agent?.close().catch(() => undefined);
    }
    expect(boots).toBeLessThan(maxWrites);
    expect(writes).toBeLessThanOrEqual(maxWrites);
    expect(contentBelow(disk, current)).toEqual(upgrade.oldFiles);
    const machine = await upgrade.machine(disk);
    await machine.start();
    expect((await machine.agent?.status())?.quarantined).toMatchObject([
      { version: "2.0.0", code: "DEPLOY_FAILED" },
    ]);
    await machine.clear();
  }
});
