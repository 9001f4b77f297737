/**
 * Every call to the disk goes wrong once: killed there, or failing with each of the usual errors, or writing half.
 * Afterwards the old version runs or the new one; once the fault is gone the new one is installed and reported, once.
 */
import { beforeAll, expect, test } from "vitest";
import type { Install } from "../../src/schema/index.ts";
import { FaultFileSystem, type Fault } from "../support/fault-filesystem.ts";
import { contentBelow } from "../support/installed-content.ts";
import { Publisher } from "../support/publisher.ts";
import { current, Upgrade } from "../support/upgrade.ts";

let publisher: Publisher;
beforeAll(async () => {
  publisher = await Publisher.start();
});

/** Lets one call go wrong, from the first in steps until it is never reached. @returns how many calls there were */
async function runUntilNoFaultFires(
  upgrade: Upgrade,
  fault: Omit<Fault, "at">,
  { first, step }: { readonly first: number; readonly step: number },
): Promise<number> {
  for (let at = first; ; at += step) {
    const disk = upgrade.before.clone();
    const faulty = new FaultFileSystem(disk);
    const bench = await upgrade.machine(disk, faulty);
    try {
      faulty.fault = { ...fault, at };
      await bench.deliver(upgrade.pushed).catch(() => undefined); // where the agent cannot even start it says so
      if (!faulty.fired) return at;
      const content = contentBelow(disk, current);
      const half = upgrade.pushed.release.manifest.text.includes('"strategy":"files"');
      if (!half) expect([upgrade.oldFiles, upgrade.newFiles]).toContainEqual(content);
      if (fault.kind !== "kill") faulty.fault = undefined;
      await bench.agent?.close().catch(() => undefined);
      bench.agent = undefined;
      await upgrade.expectRecovery(disk, bench.sent);
    } catch (cause) {
      throw new Error(`${JSON.stringify(fault)} at call ${at}: ${String(cause)}`, { cause });
    } finally {
      await bench.agent?.close().catch(() => undefined);
    }
  }
}

const everyCall = [1, 2, 3, 4, 5]; // in five tests, so that none of them takes long on a busy machine
const fifthCalls = [1 + Math.floor(Math.random() * 5)];

/** Errors differ in little but their code, so all but one are tried at every fifth call, another fifth each time. */
const cases: [strategy: Install["strategy"], kind: Fault["kind"], code: string, from: number[]][] =
  [
    ["directory", "kill", "", everyCall],
    ["directory", "short", "", everyCall],
    ["directory", "fail", "ENOSPC", everyCall],
    ["directory", "fail", "EIO", fifthCalls],
    ["directory", "fail", "EACCES", fifthCalls],
    ["directory", "fail", "EROFS", fifthCalls],
    ["directory", "fail", "EMFILE", fifthCalls],
    ["files", "kill", "", everyCall],
    ["files", "fail", "EIO", fifthCalls],
  ];

for (const [strategy, kind, code, from] of cases)
  test.each(from)(`${strategy}: ${kind} ${code} at every fifth call, part %$`, async (first) => {
    const upgrade = await Upgrade.prepare(publisher, { install: { strategy } });
    const calls = await runUntilNoFaultFires(upgrade, { kind, code }, { first, step: 5 });
    expect(calls).toBeGreaterThan(kind === "short" ? 20 : 100);
  });
