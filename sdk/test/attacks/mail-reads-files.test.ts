/** S12: a mail library that reads files and URLs named where content belongs. Ours has that switched off, and asks for none. */
import type MimeNode from "nodemailer/lib/mime-node";
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
  for (const content of [{ path: "/etc/hostname" }, { href: canary.url }]) {
    const message = {
      messageId: "<x@vendor.test>",
      // What nodemailer would read if it were allowed to: an object in the place of a stream.
      open: () => content as unknown as ReturnType<MimeNode["createReadStream"]>,
    };
    const answer = await relay
      .hand(message, envelope, undefined)
      .catch((error: unknown) => ({ kind: "thrown", error }));
    expect(answer.kind).not.toBe("answered");
  }
  relay.close();
  await server.close();
  expect(server.mails).toEqual([]);
  expect(canary.ranges).toEqual([]);
});

test("S12 our own parts refuse references, in every place a delivery has", async () => {
  const server = await startMailServer();
  await using canary = await startHttp((_, response) => void response.end("read"));
  const sender = emailSender({
    from: "u@vendor.test",
    relays: [{ host: "127.0.0.1", port: server.port, tls: "none" }],
  });
  const reference = { path: "/etc/hostname", href: canary.url, raw: { path: "/etc/hostname" } };
  const hostile = {
    ...testDelivery(["a@site.test"]),
    summary: { packageName: reference, version: reference, reason: reference } as unknown as {
      packageName: string;
      version: string;
      reason: string;
    },
  };
  await sender.send(hostile).catch(() => undefined);
  await sender.close();
  await server.close();
  expect(canary.ranges).toEqual([]);
  for (const { raw } of server.mails) expect(raw.toString()).not.toContain("read");
});
