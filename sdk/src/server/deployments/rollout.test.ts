import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testKey } from "../../../test/support/keys.ts";
import { documentIn, tampered, Vendor } from "../../../test/support/vendor.ts";
import { verifies } from "../../../test/support/verifies.ts";
import type { PublishedPackage } from "../../host/index.ts";
import type { DeploymentProgress } from "../../ledger/index.ts";
import type { Control, Rollout } from "../../schema/index.ts";
import { createControl } from "../../trigger/index.ts";

let vendor: Vendor;
let hosted: PublishedPackage;
beforeEach(async () => {
  vendor = await Vendor.open();
  hosted = await vendor.publish("demo-app", "2.0.0");
});
afterEach(() => vendor.close());

const progressOf = async (id: string): Promise<DeploymentProgress> =>
  (await vendor.store.deployments.progress(id))!;

async function push(rollout: Rollout = {}): Promise<string> {
  const id = randomUUID();
  const verdict = await vendor.server.submit(await vendor.trigger(hosted, { id, rollout }));
  expect(verdict).toMatchObject({ outcome: "accepted" });
  await vendor.server.settle();
  return id;
}

async function control(
  deployment: string,
  action: Control["action"],
  keys = vendor.simulator.signers.push,
): Promise<object> {
  const bytes = await createControl({
    deployment,
    action,
    reason: `please ${action}`,
    ...(action === "recall" ? { manifest: hosted.manifestSha256 } : {}),
    keys: keys.map(({ source }) => source),
    clock: { now: () => vendor.simulator.now },
  });
  const verdict = await vendor.server.control(bytes);
  await vendor.server.settle();
  return verdict;
}

/** Everybody who was written to and has not answered does so. */
async function answer(
  id: string,
  outcomeOf: (agent: string) => "installed" | "failed" | "silent",
): Promise<void> {
  for (const { agent } of await vendor.store.deployments.ledger(id, { state: "sent" })) {
    const outcome = outcomeOf(agent);
    if (outcome !== "silent") await vendor.server.receive(await vendor.receipt(agent, id, outcome));
  }
  await vendor.server.settle();
}

test("200 agents: canary, then it pauses itself over failures and silence, is resumed, and finishes", async () => {
  verifies("step-66-delay");
  await vendor.enrol(
    Array.from({ length: 200 }, (_, index) => ({
      id: `till-${index}`,
      groups: index < 5 ? ["tills", "canary"] : ["tills"],
    })),
  );
  const common = { errorThreshold: 2, successThreshold: 90, deadlineSeconds: 3600 };
  const id = await push({
    waves: [
      { group: "canary", ...common, soakSeconds: 600 },
      { share: 50, ...common, soakSeconds: 7200 },
      { share: 100, ...common },
    ],
  });
  expect(vendor.email.deliveries.flatMap(({ recipients }) => recipients)).toHaveLength(5);

  await answer(id, () => "installed");
  expect((await progressOf(id)).waves[1]!.state).toBe("waiting"); // soaking
  vendor.simulator.pass(600 / 86_400);
  await vendor.server.settle();
  expect((await progressOf(id)).waves.map(({ state }) => state)).toEqual([
    "finished",
    "running",
    "waiting",
  ]);

  // In the second wave (95 agents) one fails and one stays silent: 2.1 % is more than 2 %.
  const second = await vendor.store.deployments.ledger(id, { state: "sent" });
  expect(second).toHaveLength(95);
  const [failing, silent] = second.map(({ agent }) => agent) as [string, string];
  await answer(id, (agent) =>
    agent === failing ? "failed" : agent === silent ? "silent" : "installed",
  );
  // One failure of 95 is 1.05 %: the wave has reached its 90 % and soaks …
  expect(await progressOf(id)).toMatchObject({
    state: "running",
    waves: [{}, { state: "running" }, { state: "waiting" }],
  });
  vendor.simulator.pass(3601 / 86_400);
  await vendor.server.settle();
  // … until the silence of the other is counted, and the last wave never begins.
  expect(await progressOf(id)).toMatchObject({
    state: "paused",
    reason: "wave 50%: 1 failed and 1 did not answer, of 95: more than 2 %",
    waves: [{}, {}, { state: "waiting" }],
  });

  expect(await control(id, "resume")).toMatchObject({ outcome: "accepted" });
  vendor.simulator.pass(3600 / 86_400);
  await vendor.server.settle();
  expect(await progressOf(id)).toMatchObject({
    state: "running",
    waves: [{}, {}, { state: "running" }],
  });
  await answer(id, () => "installed");
  const done = await progressOf(id);
  expect(done.state).toBe("finished");
  expect(done.waves.reduce((sum, { counts }) => sum + counts.installed, 0)).toBe(198);
  const written = vendor.email.deliveries.flatMap(({ recipients }) =>
    recipients.map(({ agent }) => agent),
  );
  expect(new Set(written).size).toBe(200); // nobody lost
  expect(written).toHaveLength(200); // nobody twice
});

describe("controls", () => {
  beforeEach(() =>
    vendor.enrol([{ id: "till-1" }, { id: "till-2" }, { id: "till-3", addresses: { unc: true } }]),
  );

  test("pause holds the next wave back, resume lets it go, halt ends it", async () => {
    const id = await push({ waves: [{ share: 40 }, { share: 100 }] });
    expect(await control(id, "pause")).toMatchObject({ outcome: "accepted" });
    await answer(id, () => "installed");
    expect((await progressOf(id)).waves[1]!.state).toBe("waiting");
    expect(await control(id, "resume")).toMatchObject({ outcome: "accepted" });
    expect((await progressOf(id)).waves[1]!.state).toBe("running");
    expect(await control(id, "halt")).toMatchObject({ outcome: "accepted" });
    expect(await progressOf(id)).toMatchObject({ state: "halted", reason: "please halt" });
    expect(await control(id, "resume")).toMatchObject({
      outcome: "refused",
      code: "DEPLOYMENT_STATE",
    });
    expect(documentIn(await vendor.server.catalog(), "catalog/1").current).toEqual([]);
  });

  test("what is paused stays paused over a restart", async () => {
    const id = await push({ waves: [{ share: 40 }, { share: 100 }] });
    await control(id, "pause");
    await answer(id, () => "installed");
    await vendor.restart();
    await vendor.server.settle();
    expect((await progressOf(id)).state).toBe("paused");
    await control(id, "resume");
    expect((await progressOf(id)).waves[1]!.state).toBe("running");
  });

  test("who waits is told of pause, resume and halt; who has answered is left in peace", async () => {
    const id = await push();
    await vendor.server.receive(await vendor.receipt("till-1", id, "installed"));
    await vendor.server.receive(await vendor.receipt("till-2", id, "deferred"));
    await vendor.server.settle();
    const before = vendor.email.deliveries.length;
    for (const action of ["pause", "resume", "halt"] as const)
      expect(await control(id, action)).toMatchObject({ outcome: "accepted" });
    const told = vendor.email.deliveries.slice(before);
    expect(told.map(({ order }) => order)).toEqual(["pause", "resume", "halt"]);
    for (const { envelope, order, recipients, summary } of told) {
      expect(documentIn(envelope, "control/1")).toMatchObject({ action: order, deployment: id });
      expect(recipients.map(({ agent }) => agent)).toEqual(["till-2"]);
      expect(summary.reason).toBe(`please ${order}`);
    }
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ installed: 1, received: 1 });
  });

  test("what is paused is not in the catalog, also after a restart; resumed, it is again", async () => {
    const shown = async (): Promise<number> =>
      documentIn(await vendor.server.catalog(), "catalog/1").current.length;
    const id = await push();
    expect(await shown()).toBe(1);
    await control(id, "pause");
    expect(await shown()).toBe(0);
    await vendor.restart();
    await vendor.server.settle();
    expect(await shown()).toBe(0);
    await control(id, "resume");
    expect(await shown()).toBe(1);
  });

  test("approval takes a second person", async () => {
    const second = vendor.simulator.key("second");
    vendor.simulator.list(second);
    vendor.simulator.trust.roles.push[0]!.keys.push(second.trusted.fingerprint);
    vendor.trust.update(await vendor.simulator.publishTrust());
    const id = await push({ approval: true });
    expect(vendor.email.deliveries).toEqual([]);
    expect((await progressOf(id)).state).toBe("waiting");
    expect(await control(id, "approve")).toMatchObject({
      outcome: "refused",
      code: "THRESHOLD_NOT_MET",
    });
    expect(await control(id, "approve", [second])).toMatchObject({ outcome: "accepted" });
    expect(vendor.email.deliveries).toHaveLength(1);
  });

  test("a recall goes out to everybody who was told, and nobody can push that release again", async () => {
    const id = await push();
    await answer(id, () => "installed");
    expect((await progressOf(id)).state).toBe("finished");
    vendor.email.answer = (agent) => (agent === "till-2" ? "deferred" : "accepted");
    expect(await control(id, "recall")).toMatchObject({ outcome: "accepted" });
    expect((await progressOf(id)).state).toBe("halted");
    const recall = vendor.email.deliveries.at(-1)!;
    expect(documentIn(recall.envelope, "control/1")).toMatchObject({
      action: "recall",
      manifest: hosted.manifestSha256,
    });
    expect(recall.recipients.map(({ agent }) => agent)).toEqual(["till-1", "till-2"]);
    const catalog = documentIn(await vendor.server.catalog(), "catalog/1");
    expect(catalog).toMatchObject({ current: [], recalled: [hosted.manifestSha256] });

    // Who could not be reached is tried again, also after a restart, with the same words.
    await vendor.restart();
    vendor.email.answer = () => "accepted";
    vendor.simulator.pass(1 / 24);
    await vendor.server.settle();
    const again = vendor.email.deliveries.at(-1)!;
    expect(again.recipients.map(({ agent }) => agent)).toEqual(["till-2"]);
    expect(Buffer.from(again.envelope).equals(Buffer.from(recall.envelope))).toBe(true);
    expect(await vendor.server.submit(await vendor.trigger(hosted))).toMatchObject({
      outcome: "refused",
      code: "RECALLED",
    });
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ installed: 3 });
  });

  test("only those who may push to the audience control it, each control once, and no other deployment", async () => {
    const id = await push();
    const mallory = testKey("mallory", { at: vendor.simulator.now });
    expect(await control(id, "halt", [mallory])).toMatchObject({
      outcome: "refused",
      code: "KEY_UNKNOWN",
    });
    expect(await control(id, "halt", vendor.simulator.signers.server)).toMatchObject({
      outcome: "refused",
      code: "KEY_ROLE",
    });
    expect(await control(randomUUID(), "halt")).toMatchObject({
      outcome: "refused",
      code: "DEPLOYMENT_UNKNOWN",
    });
    const pause = await createControl({
      deployment: id,
      action: "pause",
      reason: "wait",
      keys: vendor.simulator.signers.push.map(({ source }) => source),
      clock: { now: () => vendor.simulator.now },
    });
    expect(
      await vendor.server.control(tampered(pause, (text) => text.replace("pause", "halt"))),
    ).toMatchObject({ code: "SIGNATURE_INVALID" });
    expect(await vendor.server.control(pause)).toMatchObject({ outcome: "accepted" });
    await control(id, "resume");
    expect(await vendor.server.control(pause)).toMatchObject({
      outcome: "refused",
      code: "DEPLOYMENT_STATE",
    });
    expect((await progressOf(id)).state).toBe("running");
    vendor.simulator.pass(31);
    expect(await vendor.server.control(pause)).toMatchObject({
      outcome: "refused",
      code: "EXPIRED",
    });
  });
});

describe("sending", () => {
  beforeEach(() => vendor.enrol([{ id: "till-1" }, { id: "till-2" }]));

  test("what is deferred or unknown goes out again with the same bytes, later and later; what is rejected has failed", async () => {
    vendor.email.answer = (agent) => (agent === "till-1" ? "unknown" : "rejected");
    const id = await push({ waves: [{ share: 100, errorThreshold: 100, successThreshold: 0 }] });
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ planned: 1, failed: 1 });
    const delays: number[] = [];
    for (let attempt = 2; attempt < 6; attempt++) {
      let minutes = 0;
      const before = vendor.email.deliveries.length;
      for (; vendor.email.deliveries.length === before; minutes++) {
        vendor.simulator.pass(0.5 / 1440);
        await vendor.server.settle();
      }
      delays.push(minutes);
    }
    expect(delays).toEqual(delays.toSorted((a, b) => a - b));
    expect(delays[3]! / delays[0]!).toBeGreaterThan(4);
    const envelopes = new Set(
      vendor.email.deliveries.map(({ envelope }) => Buffer.from(envelope).toString("hex")),
    );
    expect(envelopes.size).toBe(1);
    expect(new Set(vendor.email.deliveries.map(({ id }) => id)).size).toBe(1);
    expect(
      vendor.email.deliveries.slice(1).every(({ recipients }) => recipients.length === 1),
    ).toBe(true);
    vendor.email.answer = () => "accepted";
    vendor.simulator.pass(1 / 12);
    await vendor.server.settle();
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ sent: 1, failed: 1 });
  });

  test.each([
    [
      "says so",
      async () =>
        new (await import("../../errors/index.ts")).OutriderError(
          "UNAVAILABLE",
          "The relay does not answer.",
        ),
    ],
    ["throws what it should not", async () => new TypeError("UNAVAILABLE is not a function")],
  ])(
    "a transport that fails as a whole and %s loses nobody, and is asked later and later",
    async (_, fault) => {
      const { sender } = vendor.email;
      const asked: number[] = [];
      let isDown = true;
      const send = sender.send.bind(sender);
      sender.send = async (...args) => {
        if (!isDown) return send(...args);
        asked.push(vendor.simulator.now.getTime());
        throw await fault();
      };
      const id = await push();
      expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ planned: 2 });
      expect((await vendor.store.deployments.ledger(id))[0]!.detail).toContain("UNAVAILABLE");
      for (let minute = 0; minute < 10; minute++) {
        vendor.simulator.pass(1 / 1440);
        await vendor.server.settle();
      }
      const pauses = asked.slice(1).map((at, index) => at - asked[index]!);
      expect(pauses.length).toBeGreaterThan(2);
      expect(pauses.at(-1)).toBeGreaterThan(2 * pauses[0]!);
      isDown = false;
      vendor.simulator.pass(1 / 24);
      await vendor.server.settle();
      expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ sent: 2 });
    },
  );

  test("what the server's own end cuts off is sent as soon as it is back", async () => {
    const { sender } = vendor.email;
    const send = sender.send.bind(sender);
    const { promise: sending, resolve: isSending } = Promise.withResolvers<void>();
    sender.send = async (_delivery, { signal } = {}) => {
      isSending();
      await new Promise((resolve) => signal?.addEventListener("abort", resolve));
      const { OutriderError } = await import("../../errors/index.ts");
      throw new OutriderError("CANCELLED", "The server ends.");
    };
    const id = randomUUID();
    await vendor.server.submit(await vendor.trigger(hosted, { id }));
    await vendor.server.start();
    await sending;
    await vendor.restart();
    sender.send = send;
    await vendor.server.settle();
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ sent: 2 });
  });

  test("after the trigger's expiry nothing is sent any more, and nobody stays in between", async () => {
    vendor.email.answer = (agent) => (agent === "till-1" ? "deferred" : "accepted");
    const id = await push();
    vendor.simulator.pass(8);
    const before = vendor.email.deliveries.length;
    await vendor.server.settle();
    expect(vendor.email.deliveries).toHaveLength(before);
    expect(await progressOf(id)).toMatchObject({
      state: "finished",
      reason: expect.stringContaining("expired"),
    });
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ failed: 1, noAnswer: 1 });
  });

  test("outside its windows nothing is sent", async () => {
    // The simulator starts at 12:00 UTC.
    const id = await push({ windows: [{ from: "13:00", to: "14:00" }] });
    expect(vendor.email.deliveries).toEqual([]);
    vendor.simulator.pass(1 / 24);
    vendor.email.answer = () => "deferred";
    await vendor.server.settle();
    expect(vendor.email.deliveries).toHaveLength(1);
    vendor.simulator.pass(1 / 24); // 14:00: the window has closed, the retry is due
    await vendor.server.settle();
    expect(vendor.email.deliveries).toHaveLength(1);
    vendor.simulator.pass(23 / 24);
    vendor.email.answer = () => "accepted";
    await vendor.server.settle();
    expect(vendor.email.deliveries).toHaveLength(2);
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ sent: 2 });
  });

  test("agents of later waves do not see it on the share before their turn", async () => {
    await vendor.enrol(
      Array.from({ length: 10 }, (_, index) => ({
        id: `reader-${index}`,
        addresses: { unc: true },
        groups: ["readers"],
      })),
    );
    const id = randomUUID();
    await vendor.server.submit(
      await vendor.trigger(hosted, {
        id,
        audience: { groups: ["readers"] },
        rollout: { waves: [{ share: 30 }, { share: 100 }] },
      }),
    );
    await vendor.server.settle();
    const shown = documentIn(await vendor.server.catalog(), "catalog/1").current;
    const first = (await vendor.store.deployments.ledger(id))
      .filter(({ wave }) => wave === 0)
      .map(({ agent }) => agent);
    expect(shown.flatMap(({ audience }) => audience.agents ?? [])).toEqual(first);
    expect(first).toHaveLength(3);
    await answer(id, () => "installed");
    expect(
      documentIn(await vendor.server.catalog(), "catalog/1").current.map(
        ({ audience }) => audience,
      ),
    ).toEqual([{ groups: ["readers"] }]);
  });
});

test("what cannot be carried out is refused as a whole", async () => {
  verifies("step-64-validate", "step-65", "claim-3");
  await vendor.enrol([
    { id: "till-1" },
    { id: "bad", groups: ["bad"], addresses: { email: "evil@e(x)@c" } },
    { id: "http-only", groups: ["none"], addresses: { unc: false } },
  ]);
  const cases: [Parameters<Vendor["trigger"]>[1], string][] = [
    [{ audience: { groups: ["tills", "nobody"] } }, "AUDIENCE_UNKNOWN"],
    [{ audience: { agents: ["till-1", "till-7"] } }, "AUDIENCE_UNKNOWN"],
    [{ audience: { groups: ["bad"] } }, "ADDRESS_INVALID"],
    [{ audience: { groups: ["none"] } }, "ADDRESS_INVALID"],
    [{ rollout: { waves: [{ share: 50 }, { share: 40 }] } }, "PLAN_INVALID"],
    [{ rollout: { waves: [{ group: "bad" }] } }, "PLAN_INVALID"],
    [{ rollout: { windows: [{ from: "10:00", to: "10:00" }] } }, "PLAN_INVALID"],
  ];
  for (const [changes, code] of cases)
    expect(await vendor.server.submit(await vendor.trigger(hosted, changes))).toMatchObject({
      outcome: "refused",
      code,
    });
  expect(await vendor.store.deployments.list()).toEqual([]);
});
