/** The IMAP receiver against Postfix and Dovecot. */
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  imapReceiver,
  type ImapReceiverOptions,
} from "../../src/transports/email/receiver/index.ts";
import { startMailSystem, type MailSystem } from "../servers/mail-system.ts";
import { testFolder, type TestFolder } from "../support/archives.ts";
import { listen } from "../support/listening.ts";
import { envelopeText, mixedMail, notificationPart } from "../support/mime.ts";

let system: MailSystem | undefined;
beforeAll(async () => {
  system = await startMailSystem();
}, 60_000);
afterAll(() => system?.[Symbol.asyncDispose]());

const ours = mixedMail(notificationPart);

async function send(to: string, raw: string = ours): Promise<void> {
  const relay = createTransport({ host: "127.0.0.1", port: system!.ports.smtp, ignoreTLS: true });
  await relay.sendMail({ envelope: { from: "updates@vendor.test", to }, raw });
}

function optionsFor(
  user: string,
  folder: TestFolder,
  more: Partial<ImapReceiverOptions> = {},
): ImapReceiverOptions {
  const { ports, ca, password } = system!;
  return {
    server: { host: "localhost", port: ports.imaps, ca, login: { user, password } },
    spoolDirectory: folder.at("spool"),
    reconnectMs: { first: 100, longest: 400 },
    ...more,
  };
}

test("pushed by IDLE within a second", async () => {
  if (system === undefined) return;
  await using folder = await testFolder();
  await using listening = listen(imapReceiver(optionsFor("idle@customer.test", folder)));
  await send("idle@customer.test");
  await listening.until(1);
  for (let at = 2; at < 6; at++) {
    const startedAt = performance.now();
    await send("idle@customer.test");
    await listening.until(at);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  }
  expect(Buffer.from(listening.heard[0]!.bytes).toString()).toBe(envelopeText);
}, 60_000);
