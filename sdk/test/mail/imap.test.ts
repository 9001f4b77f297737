/** The IMAP receiver against Postfix and Dovecot. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  imapReceiver,
  type ImapReceiverOptions,
} from "../../src/transports/email/receiver/index.ts";
import { deliverTo, placeMails } from "../servers/deliver.ts";
import { startMailSystem, type MailSystem } from "../servers/mail-system.ts";
import { testFolder, type TestFolder } from "../support/archives.ts";
import { listen } from "../support/listening.ts";
import { envelopeText, mixedMail, notificationPart, part } from "../support/mime.ts";

let running: MailSystem | undefined;
beforeAll(async () => {
  running = await startMailSystem();
});
afterAll(() => running?.[Symbol.asyncDispose]());

const ours = mixedMail(notificationPart);

/** The test's body, where there is a mail system; where there is none, that was said. */
function withMailSystem(body: (system: MailSystem, folder: TestFolder) => Promise<void>) {
  return async () => {
    if (running === undefined) return;
    await using folder = await testFolder();
    await body(running, folder);
  };
}

function optionsFor(
  system: MailSystem,
  folder: TestFolder,
  user: string,
  more: Partial<ImapReceiverOptions> = {},
): ImapReceiverOptions {
  const { ports, ca, password } = system;
  return {
    server: { host: "localhost", port: ports.imaps, ca, login: { user, password } },
    spoolDirectory: folder.at("spool"),
    reconnectMs: { first: 50, longest: 200 },
    ...more,
  };
}

/** Names of the mails in a folder, with their flags. */
async function onDisk(system: MailSystem, user: string, folder = ""): Promise<string[]> {
  const at = join(system.maildirOf(user), folder);
  const lists = await Promise.all(["new", "cur"].map((name) => readdir(join(at, name))));
  return lists.flat();
}

test(
  "pushed by IDLE, and marked as seen",
  withMailSystem(async (system, folder) => {
    const user = "idle@customer.test";
    await using listening = listen(imapReceiver(optionsFor(system, folder, user)));
    await deliverTo(system, user, ours);
    await listening.until(1);
    for (let count = 2; count < 5; count++) {
      await deliverTo(system, user, ours);
      await listening.until(count); // nobody looks by himself for minutes
    }
    expect(Buffer.from(listening.heard[0]?.bytes ?? []).toString()).toBe(envelopeText);
    await expect
      .poll(async () => (await onDisk(system, user)).filter((name) => name.endsWith(":2,S")))
      .toHaveLength(4);
  }),
);

test(
  "IDLE across a restart of the server: what came meanwhile is taken, once",
  withMailSystem(async (system, folder) => {
    const user = "restart@customer.test";
    await using listening = listen(imapReceiver(optionsFor(system, folder, user)));
    await deliverTo(system, user, ours);
    await listening.until(1);
    await system.stopMailboxes();
    await deliverTo(system, user, ours); // waits at the relay
    await system.startMailboxes();
    await listening.until(2);
    await deliverTo(system, user, ours);
    await listening.until(3);
    expect(new Set(listening.heard.map(({ origin }) => origin)).size).toBe(3);
  }),
);

test.each([
  ["starttls", "imap"],
  ["none", "imap"],
] as const)("tls %s", async (tls, port) => {
  await withMailSystem(async (system, folder) => {
    const user = `${tls}@customer.test`;
    const options = optionsFor(system, folder, user);
    const server = { ...options.server, tls, port: system.ports[port] };
    await deliverTo(system, user, ours);
    await using listening = listen(imapReceiver({ ...options, server }));
    await listening.until(1);
  })();
});

test(
  "another authority's certificate: nothing is sent to it",
  withMailSystem(async (system, folder) => {
    const said: string[] = [];
    const options = optionsFor(system, folder, "ca@customer.test", {
      logger: { log: (_level, message) => void said.push(message) },
    });
    const { ca, ...server } = options.server;
    await using listening = listen(imapReceiver({ ...options, server }));
    await expect.poll(() => said[0]).toMatch(/certificate/);
    expect(listening.heard).toEqual([]);
    expect(ca).toContain("CERTIFICATE");
  }),
);

test(
  "moved into a folder that is made; deleted without a trace; spam folder watched",
  withMailSystem(async (system, folder) => {
    const user = "moved@customer.test";
    const more = { processed: { moveTo: "Erledigt ä&b" }, junk: true, pollMs: 50 };
    await using listening = listen(imapReceiver(optionsFor(system, folder, user, more)));
    await deliverTo(system, user, ours);
    await deliverTo(system, user, `X-Spam-Flag: YES\n${ours}`);
    await listening.until(2);
    const done = ".Erledigt &AOQ-&-b";
    await expect.poll(() => onDisk(system, user, done).catch(() => [])).toHaveLength(2);
    // Dovecot moves a mail by a second name for it, and takes the first one away later.
    await expect.poll(() => onDisk(system, user)).toEqual([]);
    await expect.poll(() => onDisk(system, user, ".Junk")).toEqual([]);

    const other = "deleted@customer.test";
    const spoolDirectory = folder.at("other");
    await using deleting = listen(
      imapReceiver(optionsFor(system, folder, other, { processed: "delete", spoolDirectory })),
    );
    await deliverTo(system, other, ours);
    await deliverTo(system, other, "Subject: kept\n\nfor a person\n");
    await deleting.until(1);
    await expect.poll(() => onDisk(system, other)).toHaveLength(1);
  }),
);

test(
  "8-bit mail by a relay that re-codes it, and the same mail delivered twice",
  withMailSystem(async (system, folder) => {
    const user = "agent@relay8bit.test";
    const text = "Grüße: 8-bit all along";
    const eightBit = part(
      "text/plain; charset=utf-8",
      Buffer.from(text).toString("latin1"),
      "8bit",
    );
    const mail = mixedMail(eightBit, notificationPart);
    await using listening = listen(imapReceiver(optionsFor(system, folder, user)));
    await deliverTo(system, user, mail);
    await deliverTo(system, user, mail);
    await listening.until(2);
    for (const { bytes } of listening.heard)
      expect(Buffer.from(bytes).toString()).toBe(envelopeText);
  }),
);

test(
  "a mailbox rebuilt by its server: nothing is taken again, and what is new is",
  withMailSystem(async (system, folder) => {
    const user = "rebuilt@customer.test";
    const options = optionsFor(system, folder, user);
    {
      await using first = listen(imapReceiver(options));
      await deliverTo(system, user, ours);
      await first.until(1);
      await expect.poll(async () => (await onDisk(system, user))[0]).toMatch(/:2,S$/);
    }
    for (const name of await readdir(system.maildirOf(user)))
      if (name.startsWith("dovecot")) await rm(join(system.maildirOf(user), name), { force: true });
    await new Promise((resolve) => setTimeout(resolve, 1100)); // UIDVALIDITY counts seconds
    await using second = listen(imapReceiver(options));
    await deliverTo(system, user, ours);
    await second.until(1);
    await expect
      .poll(async () => (await onDisk(system, user)).filter((name) => name.endsWith(":2,S")))
      .toHaveLength(2);
    expect(second.heard).toHaveLength(1);
  }),
);

test(
  "a 100 MB mail is streamed to the disk, and the archive in it is whole",
  withMailSystem(async (system, folder) => {
    const user = "large@customer.test";
    const line = `${"QUJD".repeat(19)}\n`;
    const archive = `Content-Type: application/vnd.outrider.package\nContent-Transfer-Encoding: base64\n\n${line.repeat(1_360_000)}`;
    await placeMails(system, user, [mixedMail(notificationPart, archive)]);
    const limits = { maxMailBytes: 2 ** 27, maxAttachmentBytes: 2 ** 27 };
    const options = optionsFor(system, folder, user, { limits });
    global.gc?.();
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    let size = 0;
    await using listening = listen(imapReceiver(options), async (incoming) => {
      size = incoming.attachment?.size ?? 0;
      await incoming.settle("handled");
    });
    await listening.until(1);
    clearInterval(watch);
    expect(size).toBe(57 * 1_360_000);
    expect(most - before).toBeLessThan(150e6);
  }),
);

test(
  "50,000 mails of others are looked through once, with flat memory, and the one of ours is found",
  withMailSystem(async (system, folder) => {
    const user = "crowded@customer.test";
    const foreign = Array.from(
      { length: 50_000 },
      (_, at) => `From: a@b.test\nSubject: ${at}\n\nhello\n`,
    );
    await placeMails(system, user, [...foreign.slice(0, 49_000), ours, ...foreign.slice(49_000)]);
    const options = optionsFor(system, folder, user);
    global.gc?.();
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    {
      await using first = listen(imapReceiver(options));
      await first.until(1);
    }
    clearInterval(watch);
    expect(most - before).toBeLessThan(100e6);
    await using second = listen(imapReceiver(options));
    await deliverTo(system, user, ours);
    await second.until(1);
    expect(second.heard).toHaveLength(1);
  }),
);
