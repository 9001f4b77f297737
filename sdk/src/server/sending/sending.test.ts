/** What a transport cannot deliver now, must not any more, or may not yet. */
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { rollouts } from "../../../test/support/rollouts.ts";
import { documentIn } from "../../../test/support/vendor.ts";
import { OutriderError } from "../../errors/index.ts";

const ground = rollouts();
const { answer, progressOf, push } = ground;

describe("sending", () => {
  beforeEach(() => ground.vendor.enrol([{ id: "till-1" }, { id: "till-2" }]));

  test("what is deferred or unknown goes out again with the same bytes, later and later; what is rejected has failed", async () => {
    ground.vendor.email.answer = (agent) => (agent === "till-1" ? "unknown" : "rejected");
    const id = await push({ waves: [{ share: 100, errorThreshold: 100, successThreshold: 0 }] });
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ planned: 1, failed: 1 });
    const delays: number[] = [];
    for (let attempt = 2; attempt < 6; attempt++) {
      let minutes = 0;
      const before = ground.vendor.email.deliveries.length;
      for (; ground.vendor.email.deliveries.length === before; minutes++) {
        ground.vendor.simulator.pass(0.5 / 1440);
        await ground.vendor.server.settle();
      }
      delays.push(minutes);
    }
    expect(delays).toEqual(delays.toSorted((a, b) => a - b));
    expect(delays[3]! / delays[0]!).toBeGreaterThan(4);
    const envelopes = new Set(
      ground.vendor.email.deliveries.map(({ envelope }) => Buffer.from(envelope).toString("hex")),
    );
    expect(envelopes.size).toBe(1);
    expect(new Set(ground.vendor.email.deliveries.map(({ id }) => id)).size).toBe(1);
    expect(
      ground.vendor.email.deliveries.slice(1).every(({ recipients }) => recipients.length === 1),
    ).toBe(true);
    ground.vendor.email.answer = () => "accepted";
    ground.vendor.simulator.pass(1 / 12);
    await ground.vendor.server.settle();
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ sent: 1, failed: 1 });
  });

  test.each([
    ["says so", () => new OutriderError("UNAVAILABLE", "The relay does not answer.")],
    ["throws what it should not", () => new TypeError("UNAVAILABLE is not a function")],
  ])(
    "a transport that fails as a whole and %s loses nobody, and is asked later and later",
    async (_, fault) => {
      const { sender } = ground.vendor.email;
      const asked: number[] = [];
      let isDown = true;
      const send = sender.send.bind(sender);
      sender.send = async (...args) => {
        if (!isDown) return send(...args);
        asked.push(ground.vendor.simulator.now.getTime());
        throw fault();
      };
      const id = await push();
      expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ planned: 2 });
      expect((await ground.vendor.store.deployments.ledger(id))[0]!.detail).toContain(
        "UNAVAILABLE",
      );
      for (let minute = 0; minute < 10; minute++) {
        ground.vendor.simulator.pass(1 / 1440);
        await ground.vendor.server.settle();
      }
      const pauses = asked.slice(1).map((at, index) => at - asked[index]!);
      expect(pauses.length).toBeGreaterThan(2);
      expect(pauses.at(-1)).toBeGreaterThan(2 * pauses[0]!);
      isDown = false;
      ground.vendor.simulator.pass(1 / 24);
      await ground.vendor.server.settle();
      expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ sent: 2 });
    },
  );

  test("what the server's own end cuts off is sent as soon as it is back", async () => {
    const { sender } = ground.vendor.email;
    const send = sender.send.bind(sender);
    const { promise: sending, resolve: isSending } = Promise.withResolvers<void>();
    sender.send = async (_delivery, { signal } = {}) => {
      isSending();
      await new Promise((resolve) => signal?.addEventListener("abort", resolve));
      throw new OutriderError("CANCELLED", "The server ends.");
    };
    const id = randomUUID();
    await ground.vendor.server.submit(await ground.vendor.trigger(ground.hosted, { id }));
    await ground.vendor.server.start();
    await sending;
    await ground.vendor.restart();
    sender.send = send;
    await ground.vendor.server.settle();
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ sent: 2 });
  });

  test("after the trigger's expiry nothing is sent any more, and nobody stays in between", async () => {
    ground.vendor.email.answer = (agent) => (agent === "till-1" ? "deferred" : "accepted");
    const id = await push();
    ground.vendor.simulator.pass(8);
    const before = ground.vendor.email.deliveries.length;
    await ground.vendor.server.settle();
    expect(ground.vendor.email.deliveries).toHaveLength(before);
    expect(await progressOf(id)).toMatchObject({
      state: "finished",
      reason: expect.stringContaining("expired"),
    });
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ failed: 1, noAnswer: 1 });
  });

  test("outside its windows nothing is sent", async () => {
    // The simulator starts at 12:00 UTC.
    const id = await push({ windows: [{ from: "13:00", to: "14:00" }] });
    expect(ground.vendor.email.deliveries).toEqual([]);
    ground.vendor.simulator.pass(1 / 24);
    ground.vendor.email.answer = () => "deferred";
    await ground.vendor.server.settle();
    expect(ground.vendor.email.deliveries).toHaveLength(1);
    ground.vendor.simulator.pass(1 / 24); // 14:00: the window has closed, the retry is due
    await ground.vendor.server.settle();
    expect(ground.vendor.email.deliveries).toHaveLength(1);
    ground.vendor.simulator.pass(23 / 24);
    ground.vendor.email.answer = () => "accepted";
    await ground.vendor.server.settle();
    expect(ground.vendor.email.deliveries).toHaveLength(2);
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ sent: 2 });
  });

  test("agents of later waves do not see it on the share before their turn", async () => {
    await ground.vendor.enrol(
      Array.from({ length: 10 }, (_, index) => ({
        id: `reader-${index}`,
        addresses: { unc: true },
        groups: ["readers"],
      })),
    );
    const id = randomUUID();
    await ground.vendor.server.submit(
      await ground.vendor.trigger(ground.hosted, {
        id,
        audience: { groups: ["readers"] },
        rollout: { waves: [{ share: 30 }, { share: 100 }] },
      }),
    );
    await ground.vendor.server.settle();
    const shown = documentIn(await ground.vendor.server.catalog(), "catalog/1").current;
    const first = (await ground.vendor.store.deployments.ledger(id))
      .filter(({ wave }) => wave === 0)
      .map(({ agent }) => agent);
    expect(shown.flatMap(({ audience }) => audience.agents ?? [])).toEqual(first);
    expect(first).toHaveLength(3);
    await answer(id, () => "installed");
    expect(
      documentIn(await ground.vendor.server.catalog(), "catalog/1").current.map(
        ({ audience }) => audience,
      ),
    ).toEqual([{ groups: ["readers"] }]);
  });
});
