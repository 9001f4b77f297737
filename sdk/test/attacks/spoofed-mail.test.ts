/** N1: a spoofed sender, or a lookalike. What a mail says of where it comes from counts for nothing; signatures decide. */
import { describe, expect, test } from "vitest";
import { encodeEnvelope, openEnvelope, recognize } from "../../src/messages/index.ts";
import type { SealedDocument } from "../../src/messages/index.ts";
import { read, part } from "../support/mime.ts";
import { Simulator, seal } from "../support/simulator.ts";
import { verifies } from "../support/verifies.ts";

const lookalikes = [
  "updates@vendor.test",
  "Vendor Updates <updates@vendor.test>",
  "updates@vend0r.test",
  '"updates@vendor.test" <evil@evil.test>',
  "=?utf-8?Q?updates=40vendor=2Etest?= <evil@evil.test>",
  "",
];

async function mailed(from: string, sealed: SealedDocument<"notification/1">): Promise<Uint8Array> {
  const body = part(
    "application/vnd.outrider.notification+json",
    Buffer.from(encodeEnvelope(sealed)).toString("base64"),
  );
  const sender = from === "" ? "" : `From: ${from}\nReply-To: ${from}\nSender: ${from}\n`;
  const { document } = await read(`${sender}Outrider-Document: notification/1\n${body}`);
  return Buffer.from(document ?? "", "latin1");
}

async function verdict(simulator: Simulator, bytes: Uint8Array): Promise<string> {
  const client = simulator.client({ agent: { id: "agent-1", groups: ["tills"] } });
  const message = recognize(bytes, "notification/1");
  if (message === undefined) return "foreign";
  try {
    client.verifyNotification(openEnvelope(message));
    return "verified";
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

describe("N1 spoofed mail", () => {
  test.each(lookalikes)("N1 a good signature is accepted from %j", async (from) => {
    verifies("step-84");
    const simulator = await Simulator.start();
    const { notification } = await simulator.deploy();
    expect(await verdict(simulator, await mailed(from, notification))).toBe("verified");
  });

  test.each(lookalikes)("N1 a bad signature is refused from %j", async (from) => {
    verifies("step-85");
    const simulator = await Simulator.start();
    const { manifest, trigger, notification } = await simulator.deploy();
    const stranger = simulator.key("stranger");
    const forged = await seal("notification/1", simulator.notification(trigger, manifest), [
      stranger,
    ]);
    expect(await verdict(simulator, await mailed(from, forged))).toBe("KEY_UNKNOWN");
    const changed = { ...forged, signatures: notification.signatures };
    expect(await verdict(simulator, await mailed(from, changed))).toBe("SIGNATURE_INVALID");
  });
});
