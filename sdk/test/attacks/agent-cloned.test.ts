/** THREATS N19: two machines made from one image speak with one name and one key. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findTwice } from "../../src/server/agents/twice.ts";
import { Vendor } from "../support/vendor.ts";

let vendor: Vendor;
let id: string;
beforeEach(async () => {
  vendor = await Vendor.open();
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }, { id: "till-2" }]);
  id = randomUUID();
  const audience = { agents: ["till-1", "till-2"] };
  await vendor.server.submit(await vendor.trigger(hosted, { id, audience }));
  await vendor.server.settle();
});
afterEach(() => vendor.close());

const twice = async (): Promise<string[]> => {
  const agents = await vendor.store.agents.list();
  return [...(await findTwice(agents, vendor.store.values))];
};

test("N19 a second receipt of one number, in other words, is told apart from one that came again", async () => {
  const first = await vendor.receipt("till-1", id, "installed", { durationMs: 100 });
  const clone = await vendor.receipt("till-1", id, "installed", { durationMs: 101, counter: 1 });
  expect(await vendor.server.receive(first)).toMatchObject({ outcome: "accepted" });
  expect(await vendor.server.receive(first)).toMatchObject({ code: "REPLAYED" });
  expect(await twice()).toEqual([]);
  expect(await vendor.server.receive(clone)).toMatchObject({
    code: "AGENT_TWICE",
    message: expect.stringMatching(/^Two machines are till-1: /),
  });
  expect(await vendor.server.receive(first)).toMatchObject({ code: "REPLAYED" });
  expect(await twice()).toEqual(["till-1"]);
  const log = await readFile(vendor.auditPath, "utf8");
  expect(log.match(/"code":"AGENT_TWICE"/g)).toHaveLength(1);
});

test("N19 what was overtaken on its way is no second machine, and neither is another agent", async () => {
  const early = await vendor.receipt("till-1", id, "deferred");
  const late = await vendor.receipt("till-1", id, "installed");
  const other = await vendor.receipt("till-2", id, "installed");
  for (const receipt of [late, other])
    expect(await vendor.server.receive(receipt)).toMatchObject({ outcome: "accepted" });
  expect(await vendor.server.receive(early)).toMatchObject({ code: "REPLAYED" });
  expect(await twice()).toEqual([]);
});

test("N19 a machine that enrolled anew, with a key of its own, is one again", async () => {
  await vendor.server.receive(await vendor.receipt("till-1", id, "installed"));
  const clone = await vendor.receipt("till-1", id, "failed", { counter: 1 });
  expect(await vendor.server.receive(clone)).toMatchObject({ code: "AGENT_TWICE" });
  const { key } = (await vendor.store.agents.find("till-2"))!;
  const mended = { ...(await vendor.store.agents.find("till-1"))!, key: key! };
  await vendor.store.agents.put([mended]);
  expect(await twice()).toEqual([]);
});
