/** A job belongs to one worker until its lease lapses, and is given only when it may be sent. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { ClaimedJob } from "../../ledger/index.ts";
import {
  at,
  claim,
  countsOf,
  happen,
  must,
  planOf,
  settle,
  started,
  type Cases,
} from "./ground.ts";

/** The cases. */
export const claims: Cases = {
  async "gives no work before its wave has started"({ store }) {
    const plan = planOf({ agents: 2, waves: 2 });
    await store.deployments.plan(plan);
    equal(await claim(store, 0), undefined);
    ok(await happen(store, plan, { kind: "waveStarted", wave: 0 }));
    const job = await claim(store, 0);
    equal(job?.wave, 0);
    equal(await claim(store, 0), undefined);
  },

  async "gives what has been due longest first, and nothing before its delay is over"({ store }) {
    const plan = planOf({ agents: 3, perJob: 1 });
    const jobs = plan.jobs.map((job, index) => ({
      ...job,
      delayMs: [20_000, 0, 10_000][index] ?? 0,
      attach: index === 1,
    }));
    await started(store, { ...plan, jobs });
    const next = async (seconds: number): Promise<string | undefined> =>
      (await claim(store, seconds))?.recipients[0]?.agent;
    const first = await claim(store, 0);
    deepEqual([first?.recipients[0]?.agent, first?.attach], ["agent-0001", true]);
    equal(await next(9), undefined);
    deepEqual([await next(30), await next(30)], ["agent-0002", "agent-0000"]);
  },

  async "gives a job to one worker until its lease lapses, and books only the last claim"({
    store,
  }) {
    const plan = await started(store, planOf({ agents: 2 }));
    const first = must(await claim(store, 0, "one"));
    equal(await claim(store, 59, "two"), undefined);
    const second = must(await claim(store, 61, "two"));
    equal(second.id, first.id);
    equal(second.attempt, 2);
    equal(await settle(store, first, 62, "accepted"), false);
    deepEqual(await countsOf(store, plan), { planned: 2 });
    equal(await settle(store, second, 63, "accepted"), true);
    equal(await settle(store, second, 64, "accepted"), false);
    deepEqual(await countsOf(store, plan), { sent: 2 });
  },

  async "holds a claim for as long as it is renewed, and no longer"({ store }) {
    const plan = await started(store, planOf({ agents: 2 }));
    const first = must(await claim(store, 0, "one"));
    const renew = (job: ClaimedJob, seconds: number): Promise<boolean> =>
      store.deployments.renew(job, { now: at(seconds), leaseMs: 60_000 });
    equal(await renew(first, 50), true);
    equal(await claim(store, 100, "two"), undefined);
    const second = must(await claim(store, 111, "two"));
    equal(await renew(first, 112), false);
    equal(await settle(store, first, 113, "accepted"), false);
    deepEqual(await countsOf(store, plan), { planned: 2 });
    equal(await claim(store, 170, "three"), undefined);
    equal(await settle(store, second, 171, "accepted"), true);
    equal(await renew(second, 172), false);
    deepEqual(await countsOf(store, plan), { sent: 2 });
  },

  async "does not lose a claim over a restart"(ground) {
    await started(ground.store, planOf({ agents: 1 }));
    must(await claim(ground.store, 0));
    await ground.restart();
    equal(await claim(ground.store, 30), undefined);
    equal((await claim(ground.store, 61))?.attempt, 2);
  },

  async "gives no work while paused, waiting, halted or excepted, nor for other transports"({
    store,
  }) {
    const plan = await started(store, planOf({ agents: 1 }));
    await happen(store, plan, { kind: "paused" });
    equal(await claim(store, 1), undefined);
    await happen(store, plan, { kind: "resumed", forgiven: [0] });
    const request = { worker: "w", now: at(1), leaseMs: 60_000, transports: ["email"] };
    const { id } = plan.deployment;
    equal(await store.deployments.claim({ ...request, except: [id] }), undefined);
    equal(await store.deployments.claim({ ...request, transports: ["unc"] }), undefined);
    ok(await store.deployments.claim(request));
    await happen(store, plan, { kind: "halted" });
    equal(await claim(store, 1000), undefined);
  },

  async "takes back what was not tried, which counts as no attempt"({ store }) {
    const plan = await started(store, planOf({ agents: 2 }));
    const first = must(await claim(store, 0, "one"));
    equal(await store.deployments.postpone(first, at(20)), true);
    equal(await store.deployments.postpone(first, at(20)), false);
    equal(await settle(store, first, 1, "accepted"), false);
    equal(await claim(store, 19), undefined);
    const second = must(await claim(store, 20, "two"));
    deepEqual([second.id, second.attempt], [first.id, 1]);
    equal(second.claim > first.claim, true);
    equal((await claim(store, 81, "three"))?.attempt, 2);
    equal(await store.deployments.postpone(second, at(100)), false);
    deepEqual(await countsOf(store, plan), { planned: 2 });
  },

  async "tells how much waits for each transport, and of what is over nothing"({ store }) {
    const plan = planOf({ agents: 6, perJob: 2, waves: 2 });
    await store.deployments.plan(plan);
    const queues = async (seconds: number): Promise<unknown[]> =>
      (await store.deployments.queues(at(seconds))).map(({ state, jobs, recipients }) => [
        state,
        jobs,
        recipients,
      ]);
    deepEqual(await queues(0), [["planned", 4, 6]]);
    ok(await happen(store, plan, { kind: "paused" }));
    deepEqual(await queues(0), [["planned", 4, 6]]);
    ok(await happen(store, plan, { kind: "resumed" }));
    ok(await happen(store, plan, { kind: "waveStarted", wave: 0 }));
    const job = must(await claim(store, 0));
    deepEqual(await queues(0), [
      ["due", 1, 1],
      ["leased", 1, 2],
      ["planned", 2, 3],
    ]);
    const [one] = job.recipients;
    await store.deployments.record(job, {
      now: at(1),
      outcomes: [{ agent: one?.agent ?? "", outcome: "accepted", detail: "" }],
      retryAt: at(100),
    });
    deepEqual(await queues(99), [
      ["due", 1, 1],
      ["planned", 3, 4],
    ]);
    ok(await happen(store, plan, { kind: "halted", control: "c", tellBy: ["email"] }));
    deepEqual(await queues(100), [["due", 1, 1]]); // who has had it is told
    await settle(store, must(await claim(store, 100)), 100, "accepted");
    deepEqual(await queues(100), []);
  },
};
