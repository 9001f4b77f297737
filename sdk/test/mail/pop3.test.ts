/** The POP3 receiver against Postfix and Dovecot. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pop3Receiver } from "../../src/transports/email/receiver/index.ts";
import { deliverTo, placeMails } from "../servers/deliver.ts";
import { startMailSystem, type MailSystem } from "../servers/mail-system.ts";
import { testFolder } from "../support/archives.ts";
import { listen } from "../support/listening.ts";
import { envelopeText, mixedMail, notificationPart } from "../support/mime.ts";

let running: MailSystem | undefined;
beforeAll(async () => {
  running = await startMailSystem();
});
afterAll(() => running?.[Symbol.asyncDispose]());

const ours = mixedMail(notificationPart);

async function inMaildir(system: MailSystem, user: string): Promise<string[]> {
  const lists = ["new", "cur"].map((name) => readdir(join(system.maildirOf(user), name)));
  return (await Promise.all(lists)).flat();
}

test.each([
  ["implicit", "pop3s"],
  ["starttls", "pop3"],
] as const)("tls %s: takes ours, and deletes nothing else", async (tls, port) => {
  if (running === undefined) return;
  const { ports, ca, password } = running;
  const user = `${tls}@customer.test`;
  await using folder = await testFolder();
  await deliverTo(running, user, "Subject: kept\n\nfor a person\n.\n..\n");
  await deliverTo(running, user, ours);
  await using listening = listen(
    pop3Receiver({
      server: { host: "localhost", port: ports[port], tls, ca, login: { user, password } },
      spoolDirectory: folder.at("spool"),
      processed: "delete",
      pollMs: 50,
    }),
  );
  await listening.until(1);
  await deliverTo(running, user, ours);
  await listening.until(2);
  for (const { bytes } of listening.heard) expect(Buffer.from(bytes).toString()).toBe(envelopeText);
  const system = running;
  await expect.poll(() => inMaildir(system, user)).toHaveLength(1);
});

test("a crowded mailbox is looked through once, also across a restart of the server", async () => {
  if (running === undefined) return;
  const system = running;
  const { ports, ca, password } = system;
  const user = "crowded@customer.test";
  await using folder = await testFolder();
  const foreign = Array.from({ length: 2000 }, (_, at) => `Subject: ${at}\n\nhello\n`);
  await placeMails(system, user, [...foreign, ours]);
  await using listening = listen(
    pop3Receiver({
      server: { host: "localhost", port: ports.pop3s, ca, login: { user, password } },
      spoolDirectory: folder.at("spool"),
      pollMs: 50,
      maxBackoffMs: 200,
    }),
  );
  await listening.until(1);
  await system.stopMailboxes();
  await deliverTo(system, user, ours);
  await system.startMailboxes();
  await listening.until(2);
  expect(listening.heard).toHaveLength(2);
});
