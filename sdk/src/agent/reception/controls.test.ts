import { afterEach, expect, test } from "vitest";
import { Bench } from "../../../test/support/agent-bench.ts";
import type { Pushed } from "../../../test/support/publisher.ts";
import { encodeEnvelope } from "../../messages/index.ts";
import type { Control } from "../../schema/index.ts";
import type { Reception } from "./verdict.ts";

let bench: Bench;
let answer: "now" | "later";
afterEach(async () => bench.clear());

/** A machine on which 1.0.0 waits for the product's consent. */
async function waitingBench(): Promise<Pushed> {
  answer = "later";
  bench = await Bench.make({ policy: { ask: () => answer } });
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  expect(await bench.deliver(pushed)).toMatchObject({ code: "DEFERRED" });
  answer = "now";
  return pushed;
}

let minutes = 0;
async function order(
  action: Control["action"],
  { document }: Pushed,
  changes: Partial<Control> = {},
): Promise<Uint8Array> {
  const { simulator } = bench.publisher;
  const issuedAt = new Date(simulator.now.getTime() - 3_600_000 + minutes++ * 60_000);
  return encodeEnvelope(
    await simulator.control(action, {
      deployment: document.deployment,
      issuedAt: issuedAt.toISOString(),
      ...changes,
    }),
  );
}

async function outcomes(): Promise<(string | undefined)[][]> {
  return (await bench.receipts()).map(({ outcome, code }) => [outcome, code]);
}

const hand = async (bytes: Uint8Array, transport = "email"): Promise<Reception> =>
  bench.hand(bytes, { transport });

test("pause keeps it waiting, over a restart; resume lets it go on, at once", async () => {
  const pushed = await waitingBench();
  expect(await hand(await order("pause", pushed))).toMatchObject({ verdict: "handled" });
  expect(await bench.agent?.resume()).toBe(1);
  await bench.start();
  expect(await bench.agent?.resume()).toBe(1);
  expect(await bench.installedText("app.txt")).toBeUndefined();
  expect(await hand(await order("resume", pushed), "unc")).toMatchObject({ verdict: "handled" });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("halt drops it, with one receipt; a later resume or copy changes nothing, a new order does", async () => {
  const pushed = await waitingBench();
  await hand(await order("halt", pushed));
  expect((await bench.agent?.status())?.unfinished).toEqual([]);
  await hand(await order("resume", pushed));
  expect(await bench.deliver(pushed)).toMatchObject({ verdict: "handled" });
  expect(await bench.installedText("app.txt")).toBeUndefined();
  expect(await outcomes()).toEqual([
    ["deferred", "DEFERRED"],
    ["refused", "HALTED"],
  ]);
  const again = await bench.publisher.push(pushed.release);
  expect(await bench.deliver(again)).toMatchObject({ detail: "demo-app 1.0.0 is installed." });
});

test("a control may overtake its notification: halted is refused, paused waits before anything is fetched", async () => {
  bench = await Bench.make();
  const { publisher } = bench;
  const halted = await publisher.push(await publisher.release({ version: "1.0.0" }));
  await hand(await order("halt", halted));
  expect(await bench.deliver(halted)).toMatchObject({ verdict: "refused", code: "HALTED" });
  const paused = await publisher.push(await publisher.release({ version: "2.0.0" }));
  await hand(await order("pause", paused));
  expect(await bench.deliver(paused)).toMatchObject({ code: "DEFERRED" });
  expect(bench.obtained).toEqual([]);
  await hand(await order("resume", paused));
  expect(await bench.installedText("app.txt")).toBe("demo-app 2.0.0\n");
});

test("the latest by its own date counts, in whatever order they come", async () => {
  const pushed = await waitingBench();
  const [pause, resume] = [await order("pause", pushed), await order("resume", pushed)];
  answer = "later";
  await hand(resume);
  answer = "now";
  await hand(pause);
  expect(await bench.agent?.resume()).toBe(0);
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("recall beats: what is paused or was resumed is dropped, and no new order brings it back", async () => {
  const pushed = await waitingBench();
  const manifest = pushed.trigger.text.match(/"manifest":"([0-9a-f]{64})"/)?.[1] ?? "";
  await hand(await order("pause", pushed));
  await hand(await order("recall", pushed, { manifest }));
  expect((await bench.agent?.status())?.unfinished).toEqual([]);
  await hand(await order("resume", pushed));
  expect(await outcomes()).toEqual([
    ["deferred", "DEFERRED"],
    ["refused", "RECALLED"],
  ]);
  const again = await bench.publisher.push(pushed.release);
  expect(await bench.deliver(again)).toMatchObject({ verdict: "refused", code: "RECALLED" });
});

test("what is refused is logged with where it came from", async () => {
  const pushed = await waitingBench();
  const said: object[] = [];
  await bench.start({
    logger: { log: (level, _message, fields) => void said.push({ level, ...fields }) },
  });
  const text = new TextDecoder().decode(await order("halt", pushed));
  await hand(new TextEncoder().encode(text.replace("halt", "hals")), "opportunistic");
  const facts = { level: "warn", verdict: "refused", transport: "opportunistic", origin: "memory" };
  expect(said).toContainEqual(expect.objectContaining(facts));
});

test("a copy of a control by another transport is known, not refused; a forged one is", async () => {
  const pushed = await waitingBench();
  const pause = await order("pause", pushed);
  await hand(pause);
  expect(await hand(pause, "http")).toMatchObject({ verdict: "handled" });
  const text = new TextDecoder().decode(await order("halt", pushed));
  expect(await hand(new TextEncoder().encode(text.replace("halt", "hals")))).toMatchObject({
    verdict: "refused",
  });
  const { simulator } = bench.publisher;
  const byServer = await simulator.control(
    "halt",
    { deployment: pushed.document.deployment },
    simulator.signers.server,
  );
  expect(await hand(encodeEnvelope(byServer))).toMatchObject({
    verdict: "refused",
    code: "KEY_ROLE",
  });
  expect(await bench.agent?.resume()).toBe(1);
});
