import { afterEach, expect, test, vi } from "vitest";
import { Bench, incoming } from "../../test/support/agent-bench.ts";
import { OutriderError } from "../errors/index.ts";
import type { Incoming, ReceiptSender, Receiver } from "../transport/index.ts";
import { inspectAgent, type AgentEvent, type AgentStatus } from "./index.ts";

let bench: Bench;
afterEach(async () => bench.clear());

/** Yields these, then waits to be ended. */
function receiver(name: string, messages: readonly Incoming[]): Receiver {
  return {
    name,
    async *receive({ signal }) {
      yield* messages;
      if (!signal.aborted) await new Promise((ended) => signal.addEventListener("abort", ended));
    },
  };
}

test("listens to all transports at once, and ends when told", async () => {
  bench = await Bench.make();
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  bench.host.set(pushed.release.archive.sha256, pushed.release.archive.bytes);
  const settled: string[] = [];
  const silent: Receiver = {
    name: "http",
    // eslint-disable-next-line require-yield
    async *receive() {
      throw new OutriderError("UNAVAILABLE", "There is no network.");
    },
  };
  const message = incoming(pushed.bytes, { settled });
  const stranger = incoming(new TextEncoder().encode("Hello"), { settled });
  const agent = await bench.start({
    receivers: [silent, receiver("email", [stranger, message]), receiver("unc", [message])],
  });
  const stop = new AbortController();
  const running = agent.run({ signal: stop.signal });
  await expect.poll(() => bench.sent.length).toBe(1);
  await expect.poll(() => settled.toSorted()).toEqual(["handled", "handled", "ignored"]);
  stop.abort();
  await running;
  expect(bench.events).toContainEqual({
    type: "unavailable",
    transport: "http",
    message: "There is no network.",
  });
  expect(bench.events.filter(({ type }) => type === "finished")).toHaveLength(1);
});

test("the only transport cannot be listened to: it ends with that, and leaves nothing at work behind it", async () => {
  bench = await Bench.make();
  const broken: Receiver = {
    name: "http",
    // eslint-disable-next-line require-yield
    async *receive() {
      throw new OutriderError("UNAVAILABLE", "There is no network.");
    },
  };
  const agent = await bench.start({ receivers: [broken], policy: { retryMs: 1 } });
  await expect(agent.run({ signal: new AbortController().signal })).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  const resume = vi.spyOn(agent, "resume");
  await new Promise((later) => void setTimeout(later, 50));
  expect(resume).not.toHaveBeenCalled();
});

test("tells its events to an async iterator, which ends with the agent", async () => {
  bench = await Bench.make();
  const agent = await bench.start();
  const seen: AgentEvent[] = [];
  const telling = (async () => {
    for await (const event of agent.events()) seen.push(event);
  })();
  await bench.deliver(
    await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" })),
  );
  await agent.close();
  await telling;
  expect(seen.flatMap((event) => (event.type === "state" ? [event.state] : []))).toEqual([
    "obtained",
    "verified",
    "staged",
    "switched",
    "healthy",
    "committed",
    "reported",
  ]);
  expect(seen.at(-1)).toMatchObject({ type: "state" });
});

test("a listener that throws harms nobody", async () => {
  bench = await Bench.make();
  const agent = await bench.start();
  agent.on(() => {
    throw new Error("the product's own fault");
  });
  expect(
    await bench.deliver(
      await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" })),
    ),
  ).toMatchObject({ detail: "demo-app 1.0.0 is installed." });
});

test("receipts wait durably until some way out takes them, in their order", async () => {
  bench = await Bench.make();
  const down: ReceiptSender = {
    name: "http",
    send: async () => {
      throw new OutriderError("UNAVAILABLE", "no answer");
    },
  };
  const agent = await bench.start({ receiptSenders: [down] });
  for (const version of ["1.0.0", "2.0.0"])
    await bench.deliver(await bench.publisher.push(await bench.publisher.release({ version })));
  expect(await agent.flush()).toBe(2);
  const taken: Uint8Array[] = [];
  const up: ReceiptSender = { name: "unc", send: async (bytes) => void taken.push(bytes) };
  const next = await bench.start({ receiptSenders: [down, up] });
  expect((await next.status()).receiptsWaiting).toBe(2);
  expect(await next.flush()).toBe(0);
  bench.sent.push(...taken);
  expect((await bench.receipts()).map(({ counter }) => counter)).toEqual([1, 2]);
});

test("a second agent on the same directory is refused, and the first goes on", async () => {
  bench = await Bench.make();
  const first = await bench.start();
  const other = await Bench.make({ publisher: bench.publisher });
  await expect(other.start({ dataDirectory: bench.data })).rejects.toMatchObject({
    code: "AGENT_BUSY",
  });
  await other.clear();
  expect((await first.status()).id).toBe("till-7");
});

test("aborted while it obtains: nothing is settled, nothing installed, and it goes on later", async () => {
  bench = await Bench.make();
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  const stop = new AbortController();
  const agent = await bench.start({
    obtainers: [
      {
        name: "http",
        obtain: async (_request, { signal }) => {
          stop.abort();
          throw signal.reason;
        },
      },
    ],
  });
  const settled: string[] = [];
  await expect(
    agent.receiveOne(incoming(pushed.bytes, { settled }), { signal: stop.signal }),
  ).rejects.toBeDefined();
  expect(settled).toEqual([]);
  await bench.start();
  await bench.deliver(pushed);
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("an agent can be looked at while it runs", async () => {
  bench = await Bench.make();
  const { publisher, data, install } = bench;
  const [trust] = publisher.simulator.published;
  if (trust === undefined) throw new Error("no trust document");
  const look = (): Promise<AgentStatus> =>
    inspectAgent({
      id: "till-7",
      groups: ["tills"],
      dataDirectory: data,
      installDirectory: install,
      trust,
      clock: { now: () => publisher.simulator.now },
    });
  await expect(look()).rejects.toMatchObject({ code: "FILE_MISSING" });
  await bench.deliver(await publisher.push(await publisher.release({ version: "1.0.0" })));
  expect(await look()).toEqual(await bench.agent?.status());
  expect((await look()).installed).toMatchObject({ "demo-app": { version: "1.0.0" } });
});
