/** Numbered parts from the server's side: what is sent first, where a retry goes on, what an agent may ask for. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { documentIn, recordingTransport, Vendor } from "../../../test/support/vendor.ts";
import { encodeEnvelope } from "../../messages/index.ts";
import type { PartDelivery } from "../../transport/index.ts";

let vendor: Vendor;
let id: string;
let parts: PartDelivery[];
let refuse: (part: PartDelivery, agent: string) => boolean;
const partBytes = 1024;

beforeEach(async () => {
  parts = [];
  refuse = () => false;
  const email = recordingTransport("email", "message", { maxAttachmentBytes: partBytes });
  const sender = {
    ...email.sender,
    async sendPart(part: PartDelivery) {
      parts.push(part);
      return part.recipients.map(({ agent }) => ({
        agent,
        outcome: refuse(part, agent) ? ("deferred" as const) : ("accepted" as const),
        detail: "",
      }));
    },
  };
  vendor = await Vendor.open({ transports: [{ ...email, sender }] });
  Object.assign(vendor.email, { deliveries: email.deliveries });
  const hosted = await vendor.publish("demo-app", "1.0.0", randomBytes(2000).toString("hex"));
  await vendor.enrol([{ id: "till-1" }, { id: "till-2" }]);
  id = randomUUID();
  await vendor.server.submit(await vendor.trigger(hosted, { id }));
});
afterEach(() => vendor.close());

function source(): { readonly parts: readonly string[]; readonly notification: string } {
  const { envelope, id: notification } = vendor.email.deliveries[0] ?? {
    id: "",
    envelope: Buffer.of(),
  };
  const { sources } = documentIn(envelope, "notification/1");
  const found = sources.find(({ kind }) => kind === "email");
  if (found?.kind !== "email") throw new Error("no parts are listed");
  return { parts: found.parts, notification };
}

test("the notification goes first, then every part, each with the digest that was signed", async () => {
  await vendor.server.settle();
  expect(vendor.email.deliveries).toHaveLength(1);
  const listed = source().parts;
  expect(parts.map(({ number, count }) => [number, count])).toEqual(
    listed.map((_, at) => [at + 1, listed.length]),
  );
  for (const { archive, offset, bytes, number } of parts) {
    const whole = await readFile(archive.path);
    const digest = createHash("sha256").update(whole.subarray(offset, offset + bytes));
    expect(digest.digest("hex")).toBe(listed[number - 1]);
  }
});

test("whoever misses a part is tried again from there, and gets nothing twice", async () => {
  refuse = ({ number }, agent) => number === 2 && agent === "till-2";
  await vendor.server.settle();
  const states = async (): Promise<string[]> =>
    (await vendor.store.deployments.ledger(id)).map(({ state }) => state);
  expect(await states()).toEqual(["sent", "planned"]);
  const before = parts.length;
  refuse = () => false;
  vendor.simulator.pass(0.1);
  await vendor.server.settle();
  expect(await states()).toEqual(["sent", "sent"]);
  expect(vendor.email.deliveries).toHaveLength(1);
  const later = parts.slice(before);
  expect(later[0]?.number).toBe(2);
  expect(later.every(({ recipients }) => recipients.length === 1)).toBe(true);
});

test("parts are sent again to whoever asks, to nobody else, three times each and no more", async () => {
  await vendor.server.settle();
  const { parts: listed, notification } = source();
  parts.length = 0;
  const ask = async (numbers: number[]): Promise<void> => {
    const changes = { notification, parts: numbers };
    await vendor.server.receive(await vendor.receipt("till-1", id, "requested", changes));
    await vendor.server.settle();
  };
  await ask([2, 2, 3, 9999]);
  expect(parts.map(({ number }) => number)).toEqual([2, 3]);
  expect(parts.flatMap(({ recipients }) => recipients)).toEqual(
    Array.from({ length: 2 }, () => ({ agent: "till-1", address: "till-1@shop.example" })),
  );
  for (let count = 0; count < 10; count++) await ask(listed.map((_, at) => at + 1));
  expect(parts).toHaveLength(3 * listed.length);
  const [row] = await vendor.store.deployments.ledger(id);
  expect(row?.state).toBe("received");
});

test("what an agent asked for goes out after a restart, and to nobody whose deployment was halted", async () => {
  await vendor.server.settle();
  const { notification } = source();
  parts.length = 0;
  const ask = async (agent: string, numbers: number[]): Promise<void> => {
    const changes = { notification, parts: numbers };
    await vendor.server.receive(await vendor.receipt(agent, id, "requested", changes));
  };
  await ask("till-1", [2]);
  await ask("till-1", [3, 2]);
  await vendor.restart();
  await vendor.server.settle();
  expect(parts.map(({ number }) => number)).toEqual([2, 3]);
  await ask("till-2", [1]);
  const halt = await vendor.simulator.control("halt", { deployment: id });
  await vendor.server.control(encodeEnvelope(halt));
  await vendor.server.settle();
  expect(parts).toHaveLength(2);
});
