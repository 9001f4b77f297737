/** S12: a mail library that reads files and URLs named where content belongs. Ours has that switched off, and asks for none. */
import type { Readable } from "node:stream";
import { expect, test } from "vitest";
import { emailSender } from "../../src/transports/email/sender/index.ts";
import { openRelay } from "../../src/transports/email/sender/relay.ts";
import { startHttp } from "../support/archive-server.ts";
import { testDelivery } from "../support/delivery.ts";
import { startMailServer } from "../support/mail.ts";

test("S12 a message that points to a file or a URL is not sent", async () => {
  const server = await startMailServer();
  await using canary = await startHttp((_, response) => void response.end("read"));
  const relay = openRelay({ host: "127.0.0.1", port: server.port, tls: "none" }, "vendor.test");
  const envelope = { from: "u@vendor.test", to: ["a@site.test"] };
  for (const reference of [{ path: "/etc/hostname" }, { href: canary.url }]) {
    // What nodemailer would read if it were allowed to: a reference in the place of a stream.
    const content = { ...reference, once: () => undefined, destroy: () => undefined };
    const open = (): Readable => content as unknown as Readable;
    const message = { messageId: "<x@vendor.test>", reference: undefined, open };
    const answer = await relay.hand(message, envelope, undefined);
    expect(answer).toMatchObject({
      kind: "unavailable",
      cause: { message: expect.stringMatching(/access rejected/i) },
    });
  }
  relay.close();
  await server.close();
  expect(server.mails).toEqual([]);
  expect(canary.ranges).toEqual([]);
});

test("S12 paths and addresses in what a push says stay text", async () => {
  const server = await startMailServer();
  await using canary = await startHttp((_, response) => void response.end("fetched"));
  const sender = emailSender({
    from: "u@vendor.test",
    relays: [{ host: "127.0.0.1", port: server.port, tls: "none" }],
  });
  const summary = {
    packageName: "file:///etc/hostname",
    version: "/etc/hostname",
    reason: canary.url,
  };
  const [outcome] = await sender.send(testDelivery(["a@site.test"], { summary, text: canary.url }));
  await sender.close();
  await server.close();
  expect(outcome?.outcome).toBe("accepted");
  expect(server.mails[0]?.raw.toString()).toContain(canary.url);
  expect(canary.ranges).toEqual([]);
});
