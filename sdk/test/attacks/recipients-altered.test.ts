/** THREATS T5: the list of recipients is altered. The audience is inside the signed trigger, and agents ask for it too. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openEnvelope, recognize } from "../../src/messages/index.ts";
import { tampered, Vendor } from "../support/vendor.ts";

let vendor: Vendor;
beforeEach(async () => {
  vendor = await Vendor.open();
  await vendor.enrol([{ id: "till-1" }, { id: "till-2" }, { id: "bank-1", groups: ["banks"] }]);
});
afterEach(() => vendor.close());

test("T5 an agent or group added to the audience under the old signature is refused", async () => {
  const hosted = await vendor.publish("demo-app", "1.0.0");
  const trigger = await vendor.trigger(hosted);
  for (const audience of [
    '{"groups":["tills","banks"]}',
    '{"groups":["tills"],"agents":["bank-1"]}',
  ])
    expect(
      await vendor.server.submit(
        tampered(trigger, (text) => text.replace('{"groups":["tills"]}', audience)),
      ),
    ).toMatchObject({ outcome: "refused", code: "SIGNATURE_INVALID" });
});

test("T5 only the signed audience is written to, however many agents are registered", async () => {
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.server.submit(await vendor.trigger(hosted));
  await vendor.server.settle();
  const names = vendor.email.deliveries.flatMap(({ recipients }) =>
    recipients.map(({ agent }) => agent),
  );
  expect(names).toEqual(["till-1", "till-2"]);
});

test("T5 an agent outside the audience refuses a notification that is sent to it all the same", async () => {
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.server.submit(await vendor.trigger(hosted));
  await vendor.server.settle();
  const bank = vendor.simulator.client({ agent: { id: "bank-1", groups: ["banks"] } });
  const sealed = openEnvelope(recognize(vendor.email.deliveries[0]!.envelope, "notification/1")!);
  expect(() => bank.verifyNotification(sealed)).toThrow(
    expect.objectContaining({ code: "NOT_FOR_US" }),
  );
});

test("T5 agents who join the group after acceptance are not reached by it", async () => {
  const hosted = await vendor.publish("demo-app", "1.0.0");
  const id = randomUUID();
  await vendor.server.submit(await vendor.trigger(hosted, { id }));
  await vendor.enrol([{ id: "till-9" }]);
  await vendor.server.settle();
  const names = vendor.email.deliveries.flatMap(({ recipients }) =>
    recipients.map(({ agent }) => agent),
  );
  expect(names).not.toContain("till-9");
  // What it says of itself there does not count either.
  expect(
    await vendor.server.receive(await vendor.receipt("till-9", id, "installed")),
  ).toMatchObject({
    outcome: "refused",
    code: "NOT_FOR_US",
  });
});
