/** A delivery for tests of senders; what it carries is not signed, for carriers do not look. */
import { randomUUID } from "node:crypto";
import type { Delivery } from "../../src/transport/index.ts";

/** Makes one for agents `agent-1`, `agent-2`, … at these addresses. */
export function testDelivery(
  addresses: readonly string[],
  changes: Partial<Delivery> & { readonly text?: string } = {},
): Delivery {
  const { text = "a document", ...rest } = changes;
  const envelope = JSON.stringify({
    outrider: "notification/1",
    document: text,
    signatures: ["none"],
  });
  return {
    envelope: new TextEncoder().encode(envelope),
    id: randomUUID(),
    deployment: randomUUID(),
    summary: { packageName: "till-software", version: "2.1.0", reason: "Monthly release" },
    recipients: addresses.map((address, at) => ({ agent: `agent-${at + 1}`, address })),
    ...rest,
  };
}
