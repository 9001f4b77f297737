/**
 * N5: SMTP smuggling (SEC Consult 2023; CVE-2023-51764, -51765, -51766): an end of data that only one of two servers sees.
 * Out: no such sequence leaves us. In: whatever a server made of it, a message is opaque and a smuggled one is unsigned.
 */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { encodeEnvelope, openEnvelope, recognize } from "../../src/messages/index.ts";
import { emailSender } from "../../src/transports/email/sender/index.ts";
import { testDelivery } from "../support/delivery.ts";
import { mail, mixedMail, part, read } from "../support/mime.ts";
import { Simulator } from "../support/simulator.ts";

const ends = ["\n.\n", "\n.\r\n", "\r.\r\n", "\r\n.\r", "\r\n.\n", "\r.\r"];
const smuggled =
  "MAIL FROM:<evil@vendor.test>\r\nRCPT TO:<agent@site.test>\r\nDATA\r\nOutrider-Document: notification/1\r\n";

/** What a relay is sent, octet by octet. */
async function onTheWire(reason: string, text: string): Promise<string> {
  let heard = "";
  const relay = createServer((socket) => {
    let inData = false;
    socket.on("error", () => undefined);
    socket.write("220 relay\r\n");
    socket.on("data", (bytes) => {
      heard += bytes.toString("latin1");
      if (inData) {
        inData = !heard.endsWith("\r\n.\r\n");
        if (!inData) socket.write("250 taken\r\n");
        return;
      }
      inData = heard.endsWith("DATA\r\n");
      socket.write(inData ? "354 go\r\n" : "250 ok\r\n");
    });
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  const { port } = relay.address() as AddressInfo;
  const sender = emailSender({
    from: "updates@vendor.test",
    relays: [{ host: "127.0.0.1", port, tls: "none" }],
  });
  const summary = { packageName: "till", version: "1.0.0", reason };
  await sender.send(testDelivery(["agent@site.test"], { summary, text }));
  await sender.close();
  relay.close();
  return heard;
}

describe("N5 SMTP smuggling, out", () => {
  test("N5 none of the six sequences leaves us, whatever a push says", async () => {
    const hostile = ends.map((end) => `x${end}${smuggled}`).join("");
    const wire = await onTheWire(hostile, hostile);
    const message = wire.slice(wire.indexOf("DATA\r\n") + 6);
    expect(message.match(/\r\n\.\r\n/g)).toHaveLength(1);
    expect(message.endsWith("\r\n.\r\n")).toBe(true);
    expect(message).not.toMatch(/[^\r]\n|\r[^\n]/);
    expect(wire.match(/MAIL FROM:<[^>]*>\r\n/g)).toHaveLength(1);
  });
});

describe("N5 SMTP smuggling, in", () => {
  test.each(ends)("N5 a mail that holds %j is one opaque mail", async (end) => {
    const simulator = await Simulator.start();
    const { notification } = await simulator.deploy();
    const genuine = Buffer.from(encodeEnvelope(notification));
    const body = part("application/vnd.outrider.notification+json", genuine.toString("base64"));
    const text = `Content-Type: text/plain\n\nhello${end}${smuggled}\nbye\n`;
    const { document } = await read(mixedMail(text, body));
    expect(document).toBe(genuine.toString("latin1"));
  });

  test("N5 what was smuggled arrives as a mail of its own and is unsigned: refused", async () => {
    const simulator = await Simulator.start();
    const evil = JSON.stringify({
      outrider: "notification/1",
      document: '{"type":"notification/1"}',
      signatures: [],
    });
    const body = part(
      "application/vnd.outrider.notification+json",
      Buffer.from(evil).toString("base64"),
    );
    const { document } = await read(mail(body));
    const message = recognize(Buffer.from(document ?? ""), "notification/1");
    expect(() => simulator.client().verifyNotification(openEnvelope(message!))).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^(DOCUMENT_INVALID|SIGNATURE_MISSING)$/),
      }),
    );
  });
});
