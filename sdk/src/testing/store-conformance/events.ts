/** An event happens only where it fits, and a control once. */
import { deepEqual, equal, ok } from "node:assert/strict";
import {
  at,
  claim,
  countsOf,
  happen,
  must,
  planOf,
  receiptOf,
  settle,
  started,
  type Cases,
} from "./ground.ts";

/** The cases. */
export const events: Cases = {
  async "counts silence, but only of those who have been silent long enough"({ store }) {
    const plan = await started(store, planOf({ agents: 4, perJob: 1 }));
    for (const seconds of [0, 0, 50])
      await settle(store, must(await claim(store, seconds)), seconds, "accepted");
    const [row] = await store.deployments.ledger(plan.deployment.id, { state: "sent" });
    await store.deployments.take(receiptOf(plan, row?.agent, { state: "received", seconds: 1 }));
    const silence = { kind: "silence", wave: 0, before: at(40).toISOString() } as const;
    equal(await happen(store, plan, silence), true);
    equal(await happen(store, plan, silence), false);
    deepEqual(await countsOf(store, plan), { planned: 1, sent: 1, noAnswer: 2 });
  },

  async "counts silence in its wave, of who was last heard of before the moment, not at it"({
    store,
  }) {
    const plan = await started(store, planOf({ agents: 2, waves: 2 }));
    ok(await happen(store, plan, { kind: "waveStarted", wave: 1 }));
    for (const seconds of [10, 10])
      await settle(store, must(await claim(store, seconds)), seconds, "accepted");
    const before = (seconds: number) => ({ before: at(seconds).toISOString() });
    equal(await happen(store, plan, { kind: "silence", wave: 0, ...before(10) }), false);
    equal(await happen(store, plan, { kind: "silence", wave: 0, ...before(11) }), true);
    const waves = (await store.deployments.progress(plan.deployment.id))?.waves;
    deepEqual(
      waves?.map(({ counts }) => [counts.sent, counts.noAnswer]),
      [
        [0, 1],
        [1, 0],
      ],
    );
  },

  async "lets an event happen only where it fits"({ store }) {
    const plan = planOf({ agents: 1, approval: true });
    await store.deployments.plan(plan);
    equal(await happen(store, plan, { kind: "waveStarted", wave: 0 }), false);
    equal(await happen(store, plan, { kind: "paused" }), false);
    equal(await happen(store, plan, { kind: "approved", control: "one" }), true);
    equal(await happen(store, plan, { kind: "approved", control: "two" }), false);
    equal(await happen(store, plan, { kind: "waveStarted", wave: 0 }), true);
    equal(await happen(store, plan, { kind: "waveStarted", wave: 0 }), false);
    equal(await happen(store, plan, { kind: "waveReached", wave: 0 }), true);
    equal(await happen(store, plan, { kind: "waveReached", wave: 0 }), false);
    equal(await happen(store, plan, { kind: "waveFinished", wave: 0 }), true);
    equal(await happen(store, plan, { kind: "finished" }), true);
    equal(await happen(store, plan, { kind: "halted" }), false);
    equal(await happen(store, plan, { kind: "recalled" }), true);
    equal((await store.deployments.progress(plan.deployment.id))?.state, "halted");
    deepEqual(
      (await store.deployments.events(plan.deployment.id)).map(({ kind }) => kind),
      ["approved", "waveStarted", "waveReached", "waveFinished", "finished", "recalled"],
    );
  },

  async "lets each control take effect once"({ store }) {
    const plan = await started(store, planOf({ agents: 1 }));
    equal(await happen(store, plan, { kind: "paused", control: "c1" }), true);
    equal(await happen(store, plan, { kind: "resumed", control: "c2", forgiven: [0] }), true);
    equal(await happen(store, plan, { kind: "paused", control: "c1" }), false);
  },

  async "tells of a recall everybody who was written to, of another control those who wait"({
    store,
  }) {
    const plan = await started(store, planOf({ agents: 3, perJob: 1 }));
    for (const seconds of [0, 1])
      await settle(store, must(await claim(store, seconds)), seconds, "accepted");
    const { agent } = must(
      (await store.deployments.ledger(plan.deployment.id, { state: "sent" }))[0],
    );
    await store.deployments.take(receiptOf(plan, agent, { state: "installed", seconds: 2 }));
    equal(await happen(store, plan, { kind: "paused", control: "c0", tellBy: ["unc"] }), true);
    equal(await claim(store, 3), undefined); // nobody was written to by that
    equal(await happen(store, plan, { kind: "resumed", forgiven: [0] }), true);
    const tellBy = ["email"];
    equal(await happen(store, plan, { kind: "paused", control: "c1", tellBy }), true);
    const pause = must(await claim(store, 3));
    deepEqual([pause.errand, pause.recipients.length], [{ control: "c1" }, 1]);
    ok(pause.recipients[0]?.agent !== agent);
    await settle(store, pause, 3, "accepted");
    equal(await claim(store, 4), undefined);
    equal(await happen(store, plan, { kind: "recalled", control: "c2", tellBy }), true);
    for (const seconds of [5, 6]) {
      const recall = must(await claim(store, seconds));
      deepEqual([recall.errand, recall.recipients.length], [{ control: "c2" }, 1]);
      await settle(store, recall, seconds, "accepted");
    }
    equal(await claim(store, 7), undefined);
  },

  async "accepts the failures that whoever resumes names, wave by wave"({ store }) {
    const plan = await started(store, planOf({ agents: 4, waves: 2 }));
    const { id } = plan.deployment;
    const forgiven = async (): Promise<unknown> =>
      (await store.deployments.progress(id))?.waves.map((wave) => wave.forgiven);
    deepEqual(await forgiven(), [0, 0]);
    for (const accepted of [
      [2, 1],
      [1, 0],
    ]) {
      ok(await happen(store, plan, { kind: "paused" }));
      ok(await happen(store, plan, { kind: "resumed", forgiven: accepted }));
      deepEqual(await forgiven(), accepted);
    }
  },

  async "stops what nobody has, books what a sender has, and tells of every control all the same"({
    store,
  }) {
    const plan = await started(store, planOf({ agents: 3, perJob: 1 }));
    await settle(store, must(await claim(store, 0)), 0, "accepted");
    const held = must(await claim(store, 0));
    const tellBy = ["email"];
    ok(await happen(store, plan, { kind: "paused", control: "c1", tellBy }));
    ok(await happen(store, plan, { kind: "halted", control: "c2", tellBy }));
    equal(await settle(store, held, 1, "accepted"), true);
    deepEqual(await countsOf(store, plan), { planned: 1, sent: 2 });
    const errands = [await claim(store, 1), await claim(store, 1), await claim(store, 1)];
    deepEqual(
      errands.map((job) => job?.errand),
      [{ control: "c1" }, { control: "c2" }, undefined],
    );
  },

  async "settles everybody when a deployment expires"({ store }) {
    const plan = await started(store, planOf({ agents: 4, perJob: 1 }));
    await settle(store, must(await claim(store, 0)), 0, "accepted");
    const held = must(await claim(store, 0));
    const later = planOf({ agents: 1 });
    await store.deployments.plan(later);
    ok(await happen(store, plan, { kind: "paused", control: "c", tellBy: ["email"] }));
    equal(await happen(store, plan, { kind: "expired" }), true);
    deepEqual(await countsOf(store, plan), { failed: 3, noAnswer: 1 });
    const progress = await store.deployments.progress(plan.deployment.id);
    deepEqual([progress?.state, progress?.waves[0]?.state], ["finished", "finished"]);
    equal(await settle(store, held, 1, "accepted"), false); // what a sender had is not booked
    deepEqual((await claim(store, 1000))?.errand, { control: "c" });
    equal(await claim(store, 1000), undefined);
    deepEqual(await store.deployments.list({ open: true }), [later.deployment.id]);
    equal((await store.deployments.ledger(later.deployment.id))[0]?.state, "planned");
  },
};
