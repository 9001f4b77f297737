/**
 * THREATS N8, N9, N10: people's orders come to an agent inside a catalog. Old ones shown again, ones of another
 * deployment, forged ones and ones held back, by a carrier or by a server whose key was stolen.
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { encodeEnvelope, toEnvelope, type SealedDocument } from "../../src/messages/index.ts";
import type { Catalog, Control } from "../../src/schema/index.ts";
import { Bench } from "../support/agent-bench.ts";
import type { TestKey } from "../support/keys.ts";
import type { Pushed } from "../support/publisher.ts";

type Order = SealedDocument<"control/1">;

/** A shelf on which nothing lies. */
const shelf = {
  notification: () => Promise.reject(new Error("nothing was named")),
  trust: () => Promise.reject(new Error("nothing was named")),
};

let bench: Bench;
let isOpen: boolean;
let waiting: Pushed;

beforeEach(async () => {
  isOpen = false;
  bench = await Bench.make({ policy: { ask: () => (isOpen ? "now" : "later") } });
  waiting = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  expect(await bench.deliver(waiting, "unc")).toMatchObject({ code: "DEFERRED" });
});
afterEach(async () => bench.clear());

async function order(
  action: Control["action"],
  {
    deployment = waiting.document.deployment,
    keys,
  }: { deployment?: string; keys?: TestKey[] } = {},
): Promise<Order> {
  bench.publisher.simulator.pass(1 / 1440); // each is a minute younger than the one before
  return bench.publisher.simulator.control(action, { deployment }, keys);
}

async function catalog(
  orders: readonly Order[],
  changes: Partial<Catalog> = {},
): Promise<Uint8Array> {
  const controls = orders.map((sealed) => ({
    audience: { groups: ["tills"] },
    control: toEnvelope(sealed),
  }));
  const shown = controls.length === 0 ? {} : { controls };
  return encodeEnvelope(await bench.publisher.simulator.catalog([], { ...shown, ...changes }));
}

async function show(bytes: Uint8Array, transport = "unc"): Promise<string | undefined> {
  return (await bench.hand(bytes, { shelf, transport })).code;
}

/** Once its window is open: does it install what waits? */
async function installs(): Promise<boolean> {
  isOpen = true;
  await bench.agent?.resume();
  return (await bench.installedText("app.txt")) !== undefined;
}

const refusals = (): string[] =>
  bench.events.flatMap((event) => (event.type === "refused" ? [event.code] : []));

test("N8 an older catalog with an older order is refused; the newer order stands", async () => {
  const before = await catalog([await order("pause")]);
  await show(before);
  expect(await show(await catalog([await order("resume")]))).toBeUndefined();
  expect(await show(before)).toBe("ROLLBACK");
  expect(await installs()).toBe(true);
});

test("N8 a new catalog that shows an old order again, or one that was overtaken unseen, undoes nothing", async () => {
  const unseen = await order("resume");
  const pause = await order("pause");
  await show(await catalog([pause]));
  await show(await catalog([unseen]));
  expect(await installs()).toBe(false);
  await show(await catalog([await order("resume")]));
  isOpen = false;
  await show(await catalog([pause]));
  expect(await installs()).toBe(true);
});

test("N8 the end of what was halted is final, whatever is shown later", async () => {
  await show(await catalog([await order("halt")]));
  await show(await catalog([await order("resume")]));
  expect(await installs()).toBe(false);
  expect((await bench.receipts()).map(({ code }) => code)).toEqual(["DEFERRED", "HALTED"]);
});

test("N8 an order is remembered over a restart: after it the old one is still old", async () => {
  const pause = await order("pause");
  await show(await catalog([await order("resume")]));
  await bench.start();
  await show(await catalog([pause]), "http");
  expect(await installs()).toBe(true);
});

test("N9 an order that is held back: the catalog that hides it goes stale, and another carrier brings it", async () => {
  const hiding = await catalog([]);
  const halt = await order("halt");
  expect(await show(hiding)).toBeUndefined();
  bench.publisher.simulator.pass(1.1);
  expect(await show(hiding)).toBe("STALE");
  expect(bench.events).toContainEqual({ type: "stale", transport: "unc" });
  const long = { ...(JSON.parse(halt.text) as Control), ...bench.publisher.simulator.dates(1) };
  const still = await bench.publisher.simulator.control("halt", long);
  await show(await catalog([still]), "http");
  expect(await installs()).toBe(false);
});

test("N10 an order of another deployment leaves this one alone", async () => {
  const other = await bench.publisher.push(await bench.publisher.release({ version: "2.0.0" }));
  await show(await catalog([await order("halt", { deployment: other.document.deployment })]));
  expect(await installs()).toBe(true);
});

test("N10 an order for other machines is not even looked at", async () => {
  const { simulator } = bench.publisher;
  const controls = [{ audience: { groups: ["kiosks"] }, control: toEnvelope(await order("halt")) }];
  await show(encodeEnvelope(await simulator.catalog([], { controls })));
  expect(await installs()).toBe(true);
  expect(refusals()).toEqual([]);
});

test("N10 orders taken out of a catalog, or put into it, break its signature", async () => {
  const paused = new TextDecoder().decode(await catalog([await order("pause")]));
  const plain = new TextDecoder().decode(await catalog([]));
  const { document } = JSON.parse(paused) as { document: string };
  const { signatures } = JSON.parse(plain) as { signatures: string[] };
  const mixed = JSON.stringify({ outrider: "catalog/1", document, signatures });
  expect(await show(new TextEncoder().encode(mixed))).toBe("SIGNATURE_INVALID");
  expect(await installs()).toBe(true);
});

test("T1 a stolen server key gives no orders: forged, unsigned by a person, changed or of another type they are refused, and the good one beside them counts", async () => {
  const { simulator } = bench.publisher;
  const byServer = await order("halt", { keys: simulator.signers.server });
  const byStranger = await order("halt", { keys: [simulator.key("stranger")] });
  const signed = await order("resume");
  const changed = { ...signed, text: signed.text.replace('"resume"', '"halt"') };
  await show(await catalog([byServer, byStranger, changed, await order("pause")]));
  expect(refusals()).toEqual(["KEY_ROLE", "KEY_UNKNOWN", "SIGNATURE_INVALID"]);
  expect(await installs()).toBe(false); // paused by the good one
  expect((await bench.receipts()).map(({ code }) => code)).toEqual(["DEFERRED"]);
  const disguised = toEnvelope(waiting.trigger);
  const controls = [{ audience: { groups: ["tills"] }, control: disguised }];
  expect(await show(encodeEnvelope(await simulator.catalog([], { controls })))).toBe(
    "DOCUMENT_TYPE",
  );
});

test("T1 a stolen server key gives what people halted no second name under which it would go on", async () => {
  const { publisher } = bench;
  await show(await catalog([await order("halt")]));
  const renamed = await publisher.announce(waiting.release, waiting.trigger, {
    notification: { deployment: "0190f0a0-0000-7000-8000-00000000abcd" },
  });
  isOpen = true;
  expect(await bench.deliver(renamed)).toMatchObject({ code: "DOCUMENT_INVALID" });
  expect(await installs()).toBe(false);
});
