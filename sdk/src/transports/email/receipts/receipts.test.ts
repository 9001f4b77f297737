import { expect, test } from "vitest";
import { startMailServer, type TestMailServerOptions } from "../../../../test/support/mail.ts";
import { read } from "../../../../test/support/mime.ts";
import { emailReceiptSender, type EmailReceiptSenderOptions } from "./index.ts";

const receipt = Buffer.from(
  JSON.stringify({ outrider: "receipt/1", document: "x".repeat(5000), signatures: ["s"] }),
);
const { signal } = new AbortController();

async function withRelay(
  server: TestMailServerOptions,
  body: (
    relay: Awaited<ReturnType<typeof startMailServer>>,
    options: EmailReceiptSenderOptions,
  ) => Promise<void>,
): Promise<void> {
  const relay = await startMailServer(server);
  try {
    await body(relay, {
      to: "receipts@vendor.test",
      from: "till-7@site.test",
      relay: { host: "127.0.0.1", port: relay.port, tls: "none" },
      clock: { now: () => new Date("2026-07-01T12:00:00Z") },
    });
  } finally {
    await relay.close();
  }
}

test("one mail a receipt: no return path, no answer wanted, read back octet by octet", async () => {
  await withRelay({}, async (relay, options) => {
    const sender = emailReceiptSender(options);
    await sender.send(receipt, { signal });
    await sender.send(receipt, { signal });
    await emailReceiptSender({ ...options, bounces: "from" }).send(receipt, { signal });
    const [first, again, other] = relay.mails;
    expect(first).toMatchObject({ from: "", to: ["receipts@vendor.test"] });
    expect(again?.raw).toEqual(first?.raw);
    expect(other?.from).toBe("till-7@site.test");
    const text = first?.raw.toString("latin1") ?? "";
    expect(text).toContain("\r\nAuto-Submitted: auto-generated\r\n");
    expect(text).toContain("\r\nDate: Wed, 01 Jul 2026 12:00:00 +0000\r\n");
    expect(await read(text)).toMatchObject({ verdict: "taken", document: receipt.toString() });
  });
});

test.each([
  ["a full mailbox", { refuse: () => ({ code: 452, text: "full" }) }],
  ["no such mailbox", { refuse: () => ({ code: 550, text: "unknown" }) }],
  ["a relay that will not", { answer: () => ({ code: 554, text: "no" }) }],
])("%s: UNAVAILABLE, so that the receipt waits", async (_, server) => {
  await withRelay(server, async (_relay, options) => {
    await expect(emailReceiptSender(options).send(receipt, { signal })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });
});

test("a relay that is away: UNAVAILABLE; one on another machine without TLS, a strange address: refused at once", async () => {
  await withRelay({}, async (relay, options) => {
    await relay.close();
    await expect(emailReceiptSender(options).send(receipt, { signal })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    const far = { ...options, relay: { host: "mail.vendor.test", tls: "none" as const } };
    expect(() => emailReceiptSender(far)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
    const strange = { ...options, to: "Receipts <receipts@vendor.test>" };
    expect(() => emailReceiptSender(strange)).toThrow(
      expect.objectContaining({ code: "ADDRESS_INVALID" }),
    );
  });
});
