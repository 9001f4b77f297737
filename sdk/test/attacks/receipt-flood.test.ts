/** THREATS N20: an enrolled agent, or whoever has its key, sends receipts without end, each signed and new. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { honestReceipts, receiptFlood } from "../../src/server/intake/receipt-flood.ts";
import { Vendor } from "../support/vendor.ts";

let vendor: Vendor;
let id: string;
beforeEach(async () => {
  vendor = await Vendor.open({ receiptAllowance: { burst: 3, perMinute: 1 } });
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }, { id: "till-2" }]);
  id = randomUUID();
  const audience = { agents: ["till-1", "till-2"] };
  await vendor.server.submit(await vendor.trigger(hosted, { id, audience }));
  await vendor.server.settle();
});
afterEach(() => vendor.close());

async function send(agent: string): Promise<string> {
  return bring(await vendor.receipt(agent, id, "deferred"));
}

async function bring(receipt: Uint8Array): Promise<string> {
  const verdict = await vendor.server.receive(receipt);
  return verdict.outcome === "refused" ? `${verdict.code} ${verdict.retryable}` : verdict.outcome;
}

const held = "RECEIPTS_TOO_MANY true"; // so every transport keeps it, and brings it again

test("N20 beyond its allowance nothing is booked, and the flood is one line; others are not held back", async () => {
  const verdicts: string[] = [];
  for (let turn = 0; turn < 8; turn++) verdicts.push(await send("till-1"));
  expect(verdicts).toEqual([...Array<string>(3).fill("accepted"), ...Array<string>(5).fill(held)]);
  expect(await send("till-2")).toBe("accepted");
  const log = await readFile(vendor.auditPath, "utf8");
  expect(log.match(/"kind":"receipt"/g)).toHaveLength(3 + 1 + 1);
  expect(log.match(/RECEIPTS_TOO_MANY/g)?.length).toBe(1);
  vendor.simulator.pass(1 / 24 / 60); // a minute
  expect([await send("till-1"), await send("till-1")]).toEqual(["accepted", held]);
});

test("N20 a carrier that brings one receipt again and again uses up nothing of its agent's allowance", async () => {
  const captured = await vendor.receipt("till-1", id, "deferred");
  expect(await bring(captured)).toBe("accepted");
  for (let turn = 0; turn < 8; turn++) expect(await bring(captured)).toBe("REPLAYED false");
  expect(await send("till-1")).toBe("accepted");
});

test("N20 no honest agent meets it: a thousand at once, then ten in every minute, for ever", () => {
  let nowMs = 0;
  const flood = receiptFlood({ now: () => new Date(nowMs) });
  const { burst, perMinute } = honestReceipts;
  const take = (): string => {
    const admission = flood.admit("till-1");
    if (admission === "admitted") flood.charge("till-1");
    return admission;
  };
  for (let turn = 0; turn < burst; turn++) expect(take()).toBe("admitted");
  expect(take()).toBe("tooMany");
  expect(take()).toBe("stillTooMany");
  for (let turn = 0; turn < 1000; turn++) {
    nowMs += 60_000 / perMinute + 1;
    expect(take()).toBe("admitted");
  }
});
