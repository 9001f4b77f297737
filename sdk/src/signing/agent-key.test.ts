import { expect, test } from "vitest";
import { agentKeySource, createAgentKey, trustAgentKey } from "./agent-key.ts";
import { fingerprintOf } from "./key.ts";
import { verifySignature } from "./verify.ts";

const bytes = Buffer.from("a receipt");
const clock = { now: () => new Date("2026-05-01T12:00:00.750Z") };
const notAfter = new Date("2030-01-01T00:00:00Z");

test("what an agent signs is verified with the key that its server keeps", async () => {
  const key = createAgentKey(clock);
  const trusted = trustAgentKey(key, "agent-1", notAfter);
  const source = agentKeySource(key, clock);
  expect(source.fingerprint).toBe(key.fingerprint);
  const verified = verifySignature(bytes, await source.sign(bytes), [trusted], clock.now());
  expect(verified.key).toBe(trusted);
  expect(verified.createdAt).toEqual(new Date("2026-05-01T12:00:00Z"));
});

test("a key survives being written as JSON", async () => {
  const key = createAgentKey(clock);
  const read = JSON.parse(JSON.stringify(key)) as typeof key;
  expect(fingerprintOf(Buffer.from(read.packet, "base64"))).toBe(key.fingerprint);
  const armored = await agentKeySource(read, clock).sign(bytes);
  const trusted = trustAgentKey(key, "agent-1", notAfter);
  expect(verifySignature(bytes, armored, [trusted], clock.now()).key.owner).toBe("agent-1");
});

test("signatures hold whatever their numbers begin with", async () => {
  // Of 600 signatures a few have an R or S that begins with a zero octet.
  const key = createAgentKey(clock);
  const source = agentKeySource(key, clock);
  const trusted = [trustAgentKey(key, "agent-1", notAfter)];
  for (let count = 0; count < 600; count++) {
    const content = Buffer.from(`receipt ${count}`);
    verifySignature(content, await source.sign(content), trusted, clock.now());
  }
});

test("a damaged secret is refused by name", () => {
  const key = { ...createAgentKey(), secret: "AAAA" };
  expect(() => agentKeySource(key)).toThrow(
    expect.objectContaining({ code: "KEY_REFUSED", subject: key.fingerprint }),
  );
});
