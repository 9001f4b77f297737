import { expect, test } from "vitest";
import { startMailServer } from "../../../../test/support/mail.ts";
import { read } from "../../../../test/support/mime.ts";
import { emailOrderSender } from "./index.ts";

test("one mail an order, with the sender's own return path, read back octet by octet", async () => {
  const trigger = Buffer.from(
    JSON.stringify({ outrider: "trigger/1", document: "x".repeat(5000), signatures: ["s"] }),
  );
  const relay = await startMailServer({});
  try {
    const sender = emailOrderSender({
      to: "updates@vendor.test",
      from: "ada@vendor.test",
      relay: { host: "127.0.0.1", port: relay.port, tls: "none" },
    });
    await sender.send(trigger, {});
    const [mail] = relay.mails;
    expect(mail).toMatchObject({ from: "ada@vendor.test", to: ["updates@vendor.test"] });
    const text = mail?.raw.toString("latin1") ?? "";
    expect(text).toContain("\r\nOutrider-Document: trigger/1\r\n");
    expect(text).toContain("\r\nSubject: Outrider trigger\r\n");
    expect(await read(text)).toMatchObject({ verdict: "taken", document: trigger.toString() });
  } finally {
    await relay.close();
  }
});
