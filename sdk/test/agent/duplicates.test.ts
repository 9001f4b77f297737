/**
 * Ten copies of one notification over three real carriers – mail in a Maildir, a share, a web server – with kills in
 * between: one effect, one report.
 */
import { beforeAll, expect, test } from "vitest";
import type { Deployer } from "../../src/agent/index.ts";
import type { State } from "../../src/agent/index.ts";
import type { Incoming, Receiver } from "../../src/transport/index.ts";
import { maildirReceiver } from "../../src/transports/email/receiver/index.ts";
import { emailSender } from "../../src/transports/email/sender/index.ts";
import { httpReceiver } from "../../src/transports/http/receiver/index.ts";
import { uncReceiver } from "../../src/transports/unc/receiver/index.ts";
import { Bench } from "../support/agent-bench.ts";
import { testFolder } from "../support/archives.ts";
import { testDelivery } from "../support/delivery.ts";
import { watchJournal } from "../support/journal-watch.ts";
import { layOut } from "../support/laid-out.ts";
import { makeMaildir, startMailServer } from "../support/mail.ts";
import { MemoryDisk } from "../support/memory-disk.ts";
import { Publisher, type Pushed } from "../support/publisher.ts";
import { startStaticHost } from "../support/static-host.ts";
import { verifies } from "../support/verifies.ts";

let publisher: Publisher;
beforeAll(async () => {
  publisher = await Publisher.start();
});

/** What the carrier has now. */
async function heard(receiver: Receiver): Promise<Incoming> {
  const signal = AbortSignal.timeout(60_000);
  for await (const incoming of receiver.receive({ signal })) return incoming;
  throw new Error(`${receiver.name} brought nothing`);
}

test("ten copies, three transports, seven kills: one effect", async () => {
  verifies("claims-5-7");
  await using folder = await testFolder();
  const share = folder.at("share");
  await using host = await startStaticHost(share);
  const path = await makeMaildir(folder.at("mail", "till-7"));
  const relay = await startMailServer({ maildirs: folder.at("mail") });
  const mailer = emailSender({
    from: "updates@vendor.test",
    relays: [{ host: "127.0.0.1", port: relay.port, tls: "none" }],
  });
  const carriers = [
    async ({ bytes }: Pushed) => {
      await mailer.send({ ...testDelivery(["till-7@shop.test"]), envelope: bytes });
      return maildirReceiver({ path, spoolDirectory: folder.at("spool"), pollMs: 20 });
    },
    async (pushed: Pushed) => {
      await layOut(publisher, share, [pushed]);
      return uncReceiver({ root: share });
    },
    async (pushed: Pushed) => {
      await layOut(publisher, share, [pushed]);
      return httpReceiver({ url: host.url });
    },
  ] as const;
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
  const copies = [pushed, await publisher.announce(release, pushed.trigger)] as const;
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
    const receiver = await carriers[(copy % 3) as 0 | 1 | 2](copies[(copy % 2) as 0 | 1]);
    const agent = await bench.start();
    const incoming = await heard(receiver);
    await agent.receiveOne(incoming, { transport: receiver.name }).catch(() => undefined);
    await bench.agent?.flush().catch(() => undefined);
    await bench.agent?.close().catch(() => undefined);
    sent.push(...bench.sent);
  }
  await mailer.close();
  await relay.close();
  expect(effects).toHaveLength(1);
  expect(sent).toHaveLength(1);
});
