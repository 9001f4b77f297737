import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { recordingTransport, Vendor } from "../../../test/support/vendor.ts";
import type { ReturnedMail } from "../../transport/index.ts";
import type { Inbox } from "./inbox.ts";

/** A mailbox in which one report lies, and comes again until it is settled. */
function mailboxOf(settled: string[], report: () => ReturnedMail | undefined): Inbox {
  return {
    via: "email",
    receiver: {
      name: "memory",
      async *receive({ signal }) {
        while (!signal.aborted && settled.length === 0) {
          const returned = report();
          await new Promise((resolve) => setTimeout(resolve, 5));
          if (returned === undefined) continue;
          const settle = async (verdict: string): Promise<void> => void settled.push(verdict);
          yield { bytes: new Uint8Array(), origin: "memory", returned, settle };
        }
      },
    },
  };
}

test("a message that is back before its job is booked stays in the mailbox, and fails its row then", async () => {
  const slow = recordingTransport("email", "message");
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  const sending: typeof slow.sender = {
    name: "email",
    async send(delivery, options) {
      const outcomes = await slow.sender.send(delivery, options);
      await isOver; // others of the batch take long
      return outcomes;
    },
  };
  const settled: string[] = [];
  let looks = 0;
  const mailbox = mailboxOf(settled, () => {
    const [{ reference } = {}] = slow.deliveries;
    if (reference === undefined) return undefined;
    looks++;
    const recipient = { action: "failed", status: "5.1.1", detail: "no such user" } as const;
    return { reference, recipients: [{ ...recipient, address: "till-1@shop.example" }] };
  });
  const vendor = await Vendor.open({
    transports: [{ sender: sending, carriage: "message" }],
    inboxes: [mailbox],
  });
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }, { id: "till-2" }]);
  await vendor.server.start();
  const id = randomUUID();
  await vendor.server.submit(await vendor.trigger(hosted, { id }));
  const states = async (): Promise<string[]> =>
    (await vendor.store.deployments.ledger(id)).map(({ state }) => state);

  await expect.poll(() => looks).toBeGreaterThan(2);
  expect(await states()).toEqual(["planned", "planned"]);
  expect(settled).toEqual([]);
  end();
  await expect.poll(states).toEqual(["failed", "sent"]);
  await expect.poll(() => settled).toEqual(["handled"]);
  await vendor.close();
});
