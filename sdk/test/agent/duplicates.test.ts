/** Ten copies of one notification over three transports, with kills in between: one effect, one report. */
import { beforeAll, expect, test } from "vitest";
import type { Deployer } from "../../src/agent/index.ts";
import type { State } from "../../src/agent/index.ts";
import { Bench } from "../support/agent-bench.ts";
import { watchJournal } from "../support/journal-watch.ts";
import { MemoryDisk } from "../support/memory-disk.ts";
import { Publisher } from "../support/publisher.ts";

let publisher: Publisher;
beforeAll(async () => {
  publisher = await Publisher.start();
});

test("ten copies, three transports, seven kills: one effect", async () => {
  const effects: string[] = [];
  const placed = new Set<string>();
  const deployer: Deployer = {
    stage: async () => "before",
    activate: async ({ digest }) => {
      // As the port asks of a deployer: done again after a kill, it ends as if done once.
      if (!placed.has(digest)) effects.push(digest);
      placed.add(digest);
      return "done";
    },
    restore: async () => undefined,
    finish: async () => undefined,
    directoryOf: ({ stagingDirectory }) => stagingDirectory,
  };
  const disk = new MemoryDisk();
  await disk.makeDirectory("/machine");
  const release = await publisher.release({ version: "1.0.0", install: { strategy: "vendor" } });
  const pushed = await publisher.push(release);
  const copies = [pushed.bytes, (await publisher.announce(release, pushed.trigger)).bytes];
  const killedIn: (State | undefined)[] = [
    "authenticated",
    "obtained",
    "verified",
    "staged",
    "switched",
    "healthy",
    "committed",
  ];
  const sent: Uint8Array[] = [];
  for (let copy = 0; copy < 10; copy++) {
    const state = killedIn[copy];
    await disk.remove("/machine/data/lock");
    const fileSystem =
      state === undefined ? disk : watchJournal(disk, { state, moment: "entered", effect: "kill" });
    const bench = await Bench.make({ publisher, fileSystem, deployer });
    bench.host.set(release.archive.sha256, release.archive.bytes);
    const transport = ["email", "unc", "http"][copy % 3] ?? "email";
    await bench.hand(copies[copy % 2] as Uint8Array, { transport }).catch(() => undefined);
    await bench.agent?.flush().catch(() => undefined);
    await bench.agent?.close().catch(() => undefined);
    sent.push(...bench.sent);
  }
  expect(effects).toHaveLength(1);
  expect(sent).toHaveLength(1);
});
