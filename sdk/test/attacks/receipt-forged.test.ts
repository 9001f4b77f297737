/** THREATS N17: forged receipts. Nobody's word counts but the agent's own, each once. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encodeEnvelope } from "../../src/messages/index.ts";
import { testKey } from "../support/keys.ts";
import { sealAs } from "../support/simulator.ts";
import { documentIn, tampered, Vendor } from "../support/vendor.ts";

let vendor: Vendor;
let id: string;
beforeEach(async () => {
  vendor = await Vendor.open();
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }, { id: "till-2" }, { id: "keyless", key: "" }]);
  id = randomUUID();
  await vendor.server.submit(
    await vendor.trigger(hosted, { id, audience: { agents: ["till-1", "till-2"] } }),
  );
  await vendor.server.settle();
});
afterEach(() => vendor.close());

async function counts(): Promise<object | undefined> {
  return (await vendor.store.deployments.progress(id))?.waves[0]?.counts;
}

test("N17 forged receipts leave every counter as it was", async () => {
  const before = await counts();
  const good = await vendor.receipt("till-1", id, "installed");
  const own = vendor.agentKeys.get("till-1")!;
  const forgeries: [string, () => Promise<Uint8Array>, string][] = [
    [
      "another outcome",
      async () => tampered(good, (text) => text.replace("installed", "rolledBack")),
      "SIGNATURE_INVALID",
    ],
    [
      "another agent's name",
      async () => tampered(good, (text) => text.replace("till-1", "till-2")),
      "KEY_UNKNOWN",
    ],
    ["one agent for another", () => signedBy("till-2", own), "KEY_UNKNOWN"],
    [
      "a stranger's key",
      () => signedBy("till-1", testKey("till-1", { at: vendor.simulator.now })),
      "KEY_UNKNOWN",
    ],
    [
      "the server's key",
      () => signedBy("till-1", vendor.simulator.signers.server[0]!),
      "KEY_UNKNOWN",
    ],
    ["an agent that nobody knows", () => signedBy("till-9", own), "KEY_UNKNOWN"],
    ["an agent without a key", () => signedBy("keyless", own), "KEY_UNKNOWN"],
  ];
  for (const [name, forge, code] of forgeries)
    expect({ name, ...(await vendor.server.receive(await forge())) }).toMatchObject({
      name,
      outcome: "refused",
      code,
    });
  expect(await counts()).toEqual(before);
});

test("N17 an agent that is called like a version, and reports a package called agent, speaks for nobody else", async () => {
  await vendor.enrol([{ id: "1.0.0" }]);
  const before = await counts();
  const key = vendor.agentKeys.get("1.0.0")!;
  const honest = await vendor.receipt("1.0.0", id, "installed");
  const { agent: _agent, installed: _installed, ...rest } = documentIn(honest, "receipt/1");
  const text = JSON.stringify({ installed: { agent: "1.0.0" }, ...rest, agent: "till-2" });
  const bytes = encodeEnvelope(await sealAs("receipt/1", text, [key]));
  expect(await vendor.server.receive(bytes)).toMatchObject({
    outcome: "refused",
    code: "KEY_ROLE",
  });
  expect(await counts()).toEqual(before);
});

test("N17 a good receipt counts once, however often and by whatever way it comes", async () => {
  const good = await vendor.receipt("till-1", id, "installed");
  expect(await vendor.server.receive(good, "http")).toMatchObject({ outcome: "accepted" });
  for (const way of ["http", "email", "unc"] as const)
    expect(await vendor.server.receive(good, way)).toMatchObject({
      outcome: "refused",
      code: "REPLAYED",
    });
  await vendor.restart();
  expect(await vendor.server.receive(good)).toMatchObject({ outcome: "refused", code: "REPLAYED" });
  expect(await counts()).toMatchObject({ installed: 1, sent: 1 });
});

test("N17 an old receipt does not undo a newer one", async () => {
  const received = await vendor.receipt("till-1", id, "received");
  const installed = await vendor.receipt("till-1", id, "installed");
  await vendor.server.receive(installed);
  expect(await vendor.server.receive(received)).toMatchObject({
    outcome: "refused",
    code: "REPLAYED",
  });
  expect(await counts()).toMatchObject({ installed: 1 });
});

async function signedBy(agent: string, key: ReturnType<typeof testKey>): Promise<Uint8Array> {
  const before = vendor.agentKeys.get(agent);
  vendor.agentKeys.set(agent, key);
  const bytes = await vendor.receipt(agent, id, "installed");
  if (before !== undefined) vendor.agentKeys.set(agent, before);
  return bytes;
}
