/**
 * N16: mail loops. An auto-responder answers whatever it gets, at once, with everything of ours copied that a machine might
 * fall for; the server writes what it was told to write, and answers nothing.
 */
import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { silentLogger } from "../../src/ports/index.ts";
import { serverMail } from "../../src/transports/email/mailbox/index.ts";
import { maildirReceiver } from "../../src/transports/email/receiver/index.ts";
import { emailSender } from "../../src/transports/email/sender/index.ts";
import { testFolder } from "../support/archives.ts";
import { makeMaildir, putMail, startMailServer } from "../support/mail.ts";
import { Vendor } from "../support/vendor.ts";

/** What comes back, given the mail that went out. */
const answers: readonly (readonly [name: string, answer: (mail: string) => string])[] = [
  [
    "a polite notice",
    (mail) => `Auto-Submitted: auto-replied\nIn-Reply-To: ${idOf(mail)}\n\nAway.\n`,
  ],
  ["a notice that does not say what it is", (mail) => `In-Reply-To: ${idOf(mail)}\n\nAway.\n`],
  ["our own mail, sent back as it was", (mail) => mail],
  ["our own mail, forwarded inside", (mail) => `Content-Type: message/rfc822\n\n${mail}`],
  [
    "a report that reports on itself",
    (mail) =>
      `Auto-Submitted: auto-replied\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nOriginal-Envelope-Id: x\n\n--b\nContent-Type: message/rfc822\n\n${mail}\n--b--\n`,
  ],
];

function idOf(mail: string): string {
  return /^Message-ID:\s+(<[^>]+>)/im.exec(mail)?.[1] ?? "";
}

test.each(answers)("N16 one message goes out, and nothing answers %s", async (_, answer) => {
  await using folder = await testFolder();
  const maildir = await makeMaildir(folder.at("maildir"));
  const relay = await startMailServer();
  const sender = emailSender({
    from: "updates@vendor.test",
    relays: [{ host: "127.0.0.1", port: relay.port, tls: "none" }],
  });
  let looked = 0;
  const interest = serverMail(silentLogger);
  const receiver = maildirReceiver({
    path: maildir,
    spoolDirectory: folder.at("spool"),
    pollMs: 20,
    interest: {
      ...interest,
      read: async (...call) => interest.read(...call).finally(() => looked++),
    },
  });
  const vendor = await Vendor.open({
    transports: [{ sender, carriage: "message" }],
    inboxes: [{ receiver, via: "email" }],
  });
  try {
    const hosted = await vendor.publish("demo-app", "1.0.0");
    await vendor.enrol([{ id: "till", addresses: { email: "robot@site.test" } }]);
    await vendor.server.start();
    await vendor.server.submit(await vendor.trigger(hosted, { id: randomUUID() }));
    await expect.poll(() => relay.mails.length).toBe(1);
    const mail = relay.mails[0]?.raw.toString("latin1") ?? "";
    for (let copy = 0; copy < 20; copy++) await putMail(maildir, `${copy}`, answer(mail));
    await putMail(maildir, "harmless", "Subject: hello\n\nhello\n");
    await expect.poll(() => looked).toBe(21);
    await vendor.server.settle();
    expect(relay.mails).toHaveLength(1);
    const left = await readdir(join(maildir, "new"));
    expect(left).toContain("harmless");
  } finally {
    await vendor.close();
    await sender.close();
    await relay.close();
  }
});
