/** THREATS A5: the clock is set back before the machine's trust, or starts decades back for want of a battery. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Logger } from "../../src/ports/index.ts";
import type { Receiver } from "../../src/transport/index.ts";
import { Bench, incoming } from "../support/agent-bench.ts";

let bench: Bench;
let backMs: number;
let said: string[];
let listened: number;
beforeEach(async () => {
  bench = await Bench.make();
  said = [];
  listened = 0;
});
afterEach(() => bench.clear());

const clock = { now: () => new Date(bench.publisher.simulator.now.getTime() - backMs) };
const logger: Logger = {
  log(level, message) {
    if (level === "warn" || message.startsWith("The clock says")) said.push(message);
  },
};
const dayMs = 86_400_000;

/** Brings this message again until it is settled, as every transport does, and counts how often it is asked. */
function carrier(bytes: Uint8Array): { receiver: Receiver; settled: string[] } {
  const settled: string[] = [];
  return {
    settled,
    receiver: {
      name: "http",
      async *receive({ signal }) {
        while (!signal.aborted) {
          listened++;
          if (settled.length === 0) yield incoming(bytes, { settled });
          await new Promise((later) => void setTimeout(later, 1));
        }
      },
    },
  };
}

test.each([
  ["by two days", 2 * dayMs],
  ["to before there was any of it", 50 * 365 * dayMs],
])(
  "A5 %s, from the first start on: it stays up, says so once, and goes on by itself",
  async (_how, ms) => {
    const { publisher } = bench;
    publisher.simulator.pass(1); // trust is a day old
    const pushed = await publisher.push(await publisher.release({ version: "1.0.0" }));
    bench.host.set(pushed.release.archive.sha256, pushed.release.archive.bytes);
    const { receiver, settled } = carrier(pushed.bytes);
    backMs = ms;
    const changes = { clock, logger, receivers: [receiver], policy: { retryMs: 1 } };
    for (const _start of ["the first", "the second"]) {
      await using _running = await bench.run(changes);
      await expect.poll(() => said.length).toBeGreaterThan(0);
      const status = await bench.agent!.status();
      expect(status.clockBehind).toEqual({
        now: clock.now().toISOString(),
        trustIssuedAt: expect.any(String),
      });
      expect(status.silentServers).toEqual([]);
      expect(said.splice(0)).toEqual([expect.stringContaining("until the clock is right")]);
    }
    expect(said).toEqual([]); // stopped while it waited, it looks for nothing and says nothing
    expect([listened, settled]).toEqual([0, []]);
    await using _running = await bench.run(changes);
    backMs = 0; // the network's time has come
    await expect.poll(() => settled).toEqual(["handled"]);
    expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
    expect(await bench.agent!.status()).not.toHaveProperty("clockBehind");
  },
);

test("A5 a trust document that would never hold is no matter of the clock: it is refused at once", async () => {
  const { simulator } = bench.publisher;
  const [trust] = simulator.published;
  const forged = { ...trust!, signatures: [] };
  for (const ms of [0, 50 * 365 * dayMs]) {
    backMs = ms;
    await expect(bench.start({ clock, trust: forged })).rejects.toMatchObject({
      code: "SIGNATURE_MISSING",
    });
  }
});
