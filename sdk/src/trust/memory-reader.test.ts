import fc from "fast-check";
import { expect, test } from "vitest";
import { verdictOf } from "../../test/support/refusal.ts";
import { Simulator } from "../../test/support/simulator.ts";
import { readTrustMemory } from "./memory-reader.ts";
import { emptyMemory, maxRemembered } from "./memory.ts";

async function fullMemory(): Promise<Record<string, unknown>> {
  const vendor = await Simulator.start();
  const deployment = await vendor.deploy();
  const client = vendor.client();
  client.remember(client.verifyNotification(deployment.notification).trigger);
  client.verifyCatalog(await vendor.catalog([deployment], { recalled: ["a".repeat(64)] }), {
    transport: "x".repeat(500),
  });
  const recall = await vendor.control("recall", { manifest: "b".repeat(64) });
  client.remember(client.verifyControl(recall, { groups: ["tills"] }));
  return JSON.parse(JSON.stringify(client.memory)) as Record<string, unknown>;
}

test("reads back what was written, and nothing at all", async () => {
  const memory = await fullMemory();
  expect(readTrustMemory(memory, "memory")).toEqual(memory);
  expect(readTrustMemory(emptyMemory, "memory")).toEqual(emptyMemory);
});

test("every member missing, every member of another type, every unknown member is refused", async () => {
  const memory = await fullMemory();
  const verdict = (): string => verdictOf(() => readTrustMemory(memory, "memory"));
  const isOptional = (name: string): boolean => ["trust", "catalog"].includes(name);
  const isText = (name: string): boolean => ["name", "transport"].includes(name);
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const record = value as Record<string, unknown>;
    for (const [name, member] of Object.entries(record)) {
      for (const wrong of [null, true, 0, -1, 1.5, {}, ["x"], ...(isText(name) ? [] : ["", "x"])]) {
        record[name] = wrong;
        expect([name, wrong, verdict()]).toEqual([name, wrong, "DOCUMENT_INVALID"]);
      }
      record[name] = member;
      walk(member);
      if (Array.isArray(value)) continue;
      delete record[name];
      expect([name, verdict()]).toEqual([name, isOptional(name) ? "accepted" : "DOCUMENT_INVALID"]);
      record[name] = member;
    }
    if (Array.isArray(value)) return;
    record.unknown = 1;
    expect(verdict()).toBe("DOCUMENT_INVALID");
    delete record.unknown;
  };
  walk(memory);
  expect(verdict()).toBe("accepted");
});

test("a damaged memory names its place, and never passes for an empty one", () => {
  const damaged = { ...emptyMemory, packages: [{ name: "demo-app" }] };
  expect(() => readTrustMemory(damaged, "state.json")).toThrow(
    expect.objectContaining({
      code: "DOCUMENT_INVALID",
      subject: "state.json",
      pointer: "/packages/0",
    }),
  );
  expect(verdictOf(() => readTrustMemory({}, "state.json"))).toBe("DOCUMENT_INVALID");
});

test("anything else is refused with a code", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(verdictOf(() => readTrustMemory(value, "memory"))).toBe("DOCUMENT_INVALID");
    }),
  );
});

test("a TrustSet does not open on a damaged memory", async () => {
  const vendor = await Simulator.start();
  expect(verdictOf(() => vendor.client({ memory: {} as never }))).toBe("DOCUMENT_INVALID");
});

test("a list may be as long as what is ever remembered, and no longer", () => {
  const recalled = Array.from({ length: maxRemembered }, () => "a".repeat(64));
  expect(verdictOf(() => readTrustMemory({ ...emptyMemory, recalled }, "memory"))).toBe("accepted");
  const longer = { ...emptyMemory, recalled: [...recalled, "a".repeat(64)] };
  expect(verdictOf(() => readTrustMemory(longer, "memory"))).toBe("DOCUMENT_INVALID");
});
