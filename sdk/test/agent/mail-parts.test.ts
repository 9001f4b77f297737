/** An agent that hears by Maildir: archives in parts, in any order, over restarts, and asked for when they do not come. */
import { randomBytes } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { AgentOptions } from "../../src/agent/index.ts";
import { emailObtainer } from "../../src/obtain/email/index.ts";
import { PartSpool } from "../../src/transport/parts/index.ts";
import { archives, maildirReceiver } from "../../src/transports/email/receiver/index.ts";
import { Bench } from "../support/agent-bench.ts";
import type { TestArchive } from "../support/archives.ts";
import { makeMaildir, putMail } from "../support/mail.ts";
import { cut, documentMail, partMail } from "../support/part-mails.ts";
import type { Pushed } from "../support/publisher.ts";

let bench: Bench;
let stop = new AbortController();
let running: Promise<void> = Promise.resolve();
afterEach(async () => {
  await end();
  await bench.clear();
});

/** An agent that hears by mail and obtains by mail; it retries by itself only after an hour. */
async function listen(options: { patienceMs?: number } = {}): Promise<void> {
  await end();
  stop = new AbortController();
  const parts = new PartSpool({ directory: join(bench.data, "spool", "parts") });
  const changes: Partial<AgentOptions> = {
    receivers: [
      maildirReceiver({
        path: join(bench.root, "box"),
        spoolDirectory: join(bench.data, "spool", "maildir"),
        interest: archives({ parts }),
        pollMs: 5,
      }),
    ],
    obtainers: [emailObtainer({ parts, patienceMs: options.patienceMs ?? 3_600_000 })],
    policy: { retryMs: 3_600_000 },
  };
  const agent = await bench.start(changes);
  running = agent.run({ signal: stop.signal });
}

async function end(): Promise<void> {
  stop.abort();
  await running;
}

let mails = 0;
async function arrive(mail: string): Promise<void> {
  await putMail(join(bench.root, "box"), `${++mails}.mail`, mail);
}

async function offer(): Promise<{ pushed: Pushed; parts: readonly TestArchive[] }> {
  bench = await Bench.make();
  await makeMaildir(join(bench.root, "box"));
  const release = await bench.publisher.release({
    version: "1.0.0",
    files: { "app.txt": "demo-app 1.0.0\n", "data.txt": randomBytes(3000).toString("base64") },
  });
  const { bytes, sha256 } = release.archive;
  const partBytes = 1024;
  const parts = cut(bytes, partBytes);
  expect(parts.length).toBeGreaterThan(2);
  const pushed = await bench.publisher.push(release, {
    notification: {
      sources: [
        { kind: "email", archive: sha256, partBytes, parts: parts.map((each) => each.sha256) },
      ],
    },
  });
  return { pushed, parts };
}

async function isInstalled(): Promise<void> {
  await expect.poll(() => bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
}

test("some parts before the notification and some after, in any order, twice, over a restart; the last one wakes it", async () => {
  const { pushed, parts } = await offer();
  await mkdir(bench.data, { recursive: true, mode: 0o700 });
  await listen();
  const [first, ...others] = parts.toReversed();
  await arrive(partMail(first?.bytes ?? Buffer.alloc(0)));
  await arrive(documentMail(pushed.bytes));
  await expect
    .poll(() => bench.events.find(({ type }) => type === "postponed"))
    .toMatchObject({ code: "PARTS_MISSING" });
  expect(await bench.receipts()).toEqual([]); // what is on its way is no news
  for (const { bytes } of others.slice(1)) await arrive(partMail(bytes));
  for (const { bytes } of others.slice(1)) await arrive(partMail(bytes));
  await expect.poll(() => readdir(join(bench.root, "box", "new"))).toEqual([]);
  await listen();
  await arrive(partMail(others[0]?.bytes ?? Buffer.alloc(0)));
  await isInstalled();
  await expect
    .poll(() => bench.receipts())
    .toMatchObject([
      { outcome: "installed", obtainer: "email", bytes: pushed.release.archive.size },
    ]);
  expect(await readdir(join(bench.data, "spool", "parts"))).toEqual(["wanted"]);
});

test("nothing but the notification comes: all parts are asked for, and what comes then is installed", async () => {
  const { pushed, parts } = await offer();
  await listen({ patienceMs: 50 });
  await arrive(documentMail(pushed.bytes));
  await expect
    .poll(async () => (await bench.receipts())[0])
    .toMatchObject({
      outcome: "requested",
      code: "PARTS_MISSING",
      parts: parts.map((_, at) => at + 1),
      deployment: pushed.document.deployment,
    });
  for (const { bytes } of parts) await arrive(partMail(bytes));
  await isInstalled();
});

test("ten copies of the notification and of each part cause one install and one receipt", async () => {
  const { pushed, parts } = await offer();
  await listen();
  for (let copy = 0; copy < 10; copy++) {
    await arrive(documentMail(pushed.bytes));
    for (const { bytes } of parts) await arrive(partMail(bytes));
  }
  await isInstalled();
  await expect.poll(() => readdir(join(bench.root, "box", "new"))).toEqual([]);
  await expect.poll(() => bench.receipts()).toHaveLength(1);
  await end();
  expect(bench.events.filter(({ type }) => type === "finished")).toHaveLength(1);
  expect(await bench.receipts()).toHaveLength(1);
});
