/**
 * N17, for those who sign nothing: anybody may write a delivery report. Without a reference that only the message's readers
 * have seen, or for an address that was not written to, it changes neither the ledger nor what is sent next; and nobody's
 * own receipt is ever undone by one.
 */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ReturnedMail } from "../../src/transport/index.ts";
import { Vendor } from "../support/vendor.ts";

let vendor: Vendor;
let id: string;
beforeEach(async () => {
  vendor = await Vendor.open();
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }, { id: "till-2" }]);
  id = randomUUID();
  await vendor.server.submit(await vendor.trigger(hosted, { id }));
  await vendor.server.settle();
});
afterEach(() => vendor.close());

function bounced(reference: string, address = "till-1@shop.example"): ReturnedMail {
  const detail = "550 no such user";
  return { reference, recipients: [{ address, action: "failed", status: "5.1.1", detail }] };
}

async function states(): Promise<string[]> {
  return (await vendor.store.deployments.ledger(id)).map(({ state }) => state);
}

const sent = (): string => vendor.email.deliveries[0]?.reference ?? "";

test("N17 a bounce with a guessed reference, or for somebody else's address, changes nothing", async () => {
  const reference = sent();
  const [job = ""] = reference.split("-");
  const seal = reference.slice(job.length + 1);
  const guesses = [
    "",
    job,
    `${job}-`,
    `${job}-AAAAAAAAAAAAAAAA`,
    `${Number(job) + 1}-${seal}`,
    `0${job}-${seal.toLowerCase()}`,
    `${reference}A`,
    "../../etc/passwd",
  ];
  for (const guess of guesses)
    expect([guess, await vendor.server.returned(bounced(guess))]).toEqual([guess, "ignored"]);
  for (const address of ["stranger@shop.example", "", "%@%", "till-1@shop.example' OR '1'='1"])
    expect(await vendor.server.returned(bounced(reference, address))).toBe("ignored");
  expect(await states()).toEqual(["sent", "sent"]);
});

test("N17 the true one fails the row of that recipient, once, and the agent's own word counts more", async () => {
  expect(await vendor.server.returned(bounced(sent()))).toBe("accepted");
  expect(await states()).toEqual(["failed", "sent"]);
  await vendor.server.receive(await vendor.receipt("till-1", id, "installed"));
  expect(await vendor.server.returned(bounced(sent()))).toBe("accepted");
  expect(await states()).toEqual(["installed", "sent"]);
});

test("N17 a reference of another server is none here", async () => {
  const other = await Vendor.open();
  const hosted = await other.publish("demo-app", "1.0.0");
  await other.enrol([{ id: "till-1" }]);
  await other.server.submit(await other.trigger(hosted));
  await other.server.settle();
  const [reference = ""] = other.email.deliveries.flatMap(({ reference = [] }) => reference);
  await other.close();
  expect(await vendor.server.returned(bounced(reference))).toBe("ignored");
  expect(await states()).toEqual(["sent", "sent"]);
});
