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

/** Lets the n-th call go wrong, for every n until it is never reached. @returns how many calls there were */
async function runUntilNoFaultFires(upgrade: Upgrade, fault: Omit<Fault, "at">): Promise<number> {
  for (let at = 1; ; at++) {
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

const cases: [strategy: Install["strategy"], kind: Fault["kind"], code?: string][] = [
  ["directory", "kill"],
  ["directory", "short"],
  ["directory", "fail", "ENOSPC"],
  ["directory", "fail", "EACCES"],
  ["files", "kill"],
  ["files", "fail", "EIO"],
];

for (const [strategy, kind, code] of cases)
  test(`${strategy}: ${kind} ${code ?? ""} at every call`, { timeout: 60_000 }, async () => {
    const upgrade = await Upgrade.prepare(publisher, { install: { strategy } });
    const fault = { kind, ...(code === undefined ? {} : { code }) };
    expect(await runUntilNoFaultFires(upgrade, fault)).toBeGreaterThan(100);
  });
