/** People steer a deployment that runs, by signed orders. */
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { testKey } from "../../../test/support/keys.ts";
import { rollouts } from "../../../test/support/rollouts.ts";
import { documentIn, tampered } from "../../../test/support/vendor.ts";
import { createControl } from "../../trigger/index.ts";

const ground = rollouts();
const { answer, control, progressOf, push } = ground;

describe("controls", () => {
  beforeEach(() =>
    ground.vendor.enrol([
      { id: "till-1" },
      { id: "till-2" },
      { id: "till-3", addresses: { unc: true } },
    ]),
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
    expect(documentIn(await ground.vendor.server.catalog(), "catalog/1").current).toEqual([]);
  });

  test("what is paused stays paused over a restart", async () => {
    const id = await push({ waves: [{ share: 40 }, { share: 100 }] });
    await control(id, "pause");
    await answer(id, () => "installed");
    await ground.vendor.restart();
    await ground.vendor.server.settle();
    expect((await progressOf(id)).state).toBe("paused");
    await control(id, "resume");
    expect((await progressOf(id)).waves[1]!.state).toBe("running");
  });

  test("who waits is told of pause, resume and halt; who has answered is left in peace", async () => {
    const id = await push();
    await ground.vendor.server.receive(await ground.vendor.receipt("till-1", id, "installed"));
    await ground.vendor.server.receive(await ground.vendor.receipt("till-2", id, "deferred"));
    await ground.vendor.server.settle();
    const before = ground.vendor.email.deliveries.length;
    for (const action of ["pause", "resume", "halt"] as const)
      expect(await control(id, action)).toMatchObject({ outcome: "accepted" });
    const told = ground.vendor.email.deliveries.slice(before);
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
      documentIn(await ground.vendor.server.catalog(), "catalog/1").current.length;
    const id = await push();
    expect(await shown()).toBe(1);
    await control(id, "pause");
    expect(await shown()).toBe(0);
    await ground.vendor.restart();
    await ground.vendor.server.settle();
    expect(await shown()).toBe(0);
    await control(id, "resume");
    expect(await shown()).toBe(1);
  });

  test("approval takes a second person", async () => {
    const second = ground.vendor.simulator.key("second");
    ground.vendor.simulator.list(second);
    ground.vendor.simulator.trust.roles.push[0]!.keys.push(second.trusted.fingerprint);
    ground.vendor.trust.update(await ground.vendor.simulator.publishTrust());
    const id = await push({ approval: true });
    expect(ground.vendor.email.deliveries).toEqual([]);
    expect((await progressOf(id)).state).toBe("waiting");
    expect(await control(id, "approve")).toMatchObject({
      outcome: "refused",
      code: "THRESHOLD_NOT_MET",
    });
    expect(await control(id, "approve", [second])).toMatchObject({ outcome: "accepted" });
    expect(ground.vendor.email.deliveries).toHaveLength(1);
  });

  test("a recall goes out to everybody who was told, and nobody can push that release again", async () => {
    const id = await push();
    await answer(id, () => "installed");
    expect((await progressOf(id)).state).toBe("finished");
    ground.vendor.email.answer = (agent) => (agent === "till-2" ? "deferred" : "accepted");
    expect(await control(id, "recall")).toMatchObject({ outcome: "accepted" });
    expect((await progressOf(id)).state).toBe("halted");
    const recall = ground.vendor.email.deliveries.at(-1)!;
    expect(documentIn(recall.envelope, "control/1")).toMatchObject({
      action: "recall",
      manifest: ground.hosted.manifestSha256,
    });
    expect(recall.recipients.map(({ agent }) => agent)).toEqual(["till-1", "till-2"]);
    const catalog = documentIn(await ground.vendor.server.catalog(), "catalog/1");
    expect(catalog).toMatchObject({ current: [], recalled: [ground.hosted.manifestSha256] });

    // Who could not be reached is tried again, also after a restart, with the same words.
    await ground.vendor.restart();
    ground.vendor.email.answer = () => "accepted";
    ground.vendor.simulator.pass(1 / 24);
    await ground.vendor.server.settle();
    const again = ground.vendor.email.deliveries.at(-1)!;
    expect(again.recipients.map(({ agent }) => agent)).toEqual(["till-2"]);
    expect(Buffer.from(again.envelope).equals(Buffer.from(recall.envelope))).toBe(true);
    expect(
      await ground.vendor.server.submit(await ground.vendor.trigger(ground.hosted)),
    ).toMatchObject({
      outcome: "refused",
      code: "RECALLED",
    });
    expect((await progressOf(id)).waves[0]!.counts).toMatchObject({ installed: 3 });
  });

  test("only those who may push to the audience control it, each control once, and no other deployment", async () => {
    const id = await push();
    const mallory = testKey("mallory", { at: ground.vendor.simulator.now });
    expect(await control(id, "halt", [mallory])).toMatchObject({
      outcome: "refused",
      code: "KEY_UNKNOWN",
    });
    expect(await control(id, "halt", ground.vendor.simulator.signers.server)).toMatchObject({
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
      keys: ground.vendor.simulator.signers.push.map(({ source }) => source),
      clock: { now: () => ground.vendor.simulator.now },
    });
    expect(
      await ground.vendor.server.control(tampered(pause, (text) => text.replace("pause", "halt"))),
    ).toMatchObject({ code: "SIGNATURE_INVALID" });
    expect(await ground.vendor.server.control(pause)).toMatchObject({ outcome: "accepted" });
    await control(id, "resume");
    expect(await ground.vendor.server.control(pause)).toMatchObject({
      outcome: "refused",
      code: "DEPLOYMENT_STATE",
    });
    expect((await progressOf(id)).state).toBe("running");
    ground.vendor.simulator.pass(31);
    expect(await ground.vendor.server.control(pause)).toMatchObject({
      outcome: "refused",
      code: "EXPIRED",
    });
  });
});
