/** A deployment enters whole, is read page by page, and its machines' rows go when it is long over. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
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
export const deployments: Cases = {
  async "enters a deployment whole, and only once"(ground) {
    const plan = planOf({ agents: 5, perJob: 2, waves: 2 });
    await ground.store.deployments.plan(plan);
    await rejects(ground.store.deployments.plan(plan), { code: "REPLAYED" });
    await ground.restart();
    await rejects(ground.store.deployments.plan(plan), { code: "REPLAYED" });
    const progress = await ground.store.deployments.progress(plan.deployment.id);
    deepEqual(progress?.deployment, plan.deployment);
    equal(progress?.state, "running");
    deepEqual(
      progress?.waves.map(({ state, counts }) => [state, counts.planned]),
      [
        ["waiting", 3],
        ["waiting", 2],
      ],
    );
    equal((await ground.store.deployments.ledger(plan.deployment.id)).length, 5);
    deepEqual(await ground.store.deployments.list(), [plan.deployment.id]);
  },

  async "enters a deployment once, also where it comes by several ways in the same moment"({
    store,
  }) {
    const plan = planOf({ agents: 3000, perJob: 500 });
    const entered = await Promise.allSettled([
      store.deployments.plan(plan),
      store.deployments.plan(plan),
      store.deployments.plan(plan),
    ]);
    const refused = entered.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    deepEqual(
      refused.map(({ code }) => code as unknown),
      ["REPLAYED", "REPLAYED"],
    );
    deepEqual(await countsOf(store, plan), { planned: 3000 });
  },

  async "lists what was entered last first, and as open whatever is not over"({ store }) {
    const [paused, waiting, halted] = [
      await started(store, planOf({ agents: 1 })),
      planOf({ agents: 1, approval: true }),
      planOf({ agents: 1 }),
    ];
    for (const plan of [waiting, halted]) await store.deployments.plan(plan);
    ok(await happen(store, paused, { kind: "paused" }));
    ok(await happen(store, halted, { kind: "halted" }));
    const ids = [halted, waiting, paused].map(({ deployment }) => deployment.id);
    deepEqual(await store.deployments.list(), ids);
    deepEqual(await store.deployments.list({ limit: 1 }), ids.slice(0, 1));
    deepEqual(await store.deployments.list({ open: true }), ids.slice(1));
  },

  async "keeps a plan that fails halfway out altogether"({ store }) {
    const plan = planOf({ agents: 3, perJob: 1 });
    const broken = { ...plan, jobs: [...plan.jobs, ...plan.jobs.slice(0, 1)] };
    await rejects(store.deployments.plan(broken)); // one agent twice
    equal(await store.deployments.progress(plan.deployment.id), undefined);
    await store.deployments.plan(plan);
  },

  async "lets others work while a large plan is entered, and shows it only when it is whole"({
    store,
  }) {
    const plan = planOf({ agents: 12_000, perJob: 500 });
    let isEntered = false;
    const entering = store.deployments.plan(plan).finally(() => (isEntered = true));
    let turns = 0;
    for (; !isEntered; turns++) {
      const progress = await store.deployments.progress(plan.deployment.id);
      if (progress !== undefined) equal(progress.waves[0]?.counts.planned, 12_000);
      await store.values.count("others");
      await new Promise((resolve) => setImmediate(resolve));
    }
    await entering;
    ok(turns > 2);
    deepEqual(await countsOf(store, plan), { planned: 12_000 });

    const last = plan.jobs.slice(-1);
    const broken = planOf({ agents: 9000, perJob: 500 });
    await rejects(store.deployments.plan({ ...broken, jobs: [...broken.jobs, ...last, ...last] }));
    equal(await store.deployments.progress(broken.deployment.id), undefined);
    deepEqual(await store.deployments.list(), [plan.deployment.id]);
    await store.deployments.plan(broken);
    deepEqual(await countsOf(store, broken), { planned: 9000 });
  },

  async "pages the ledger in the agents' order"({ store }) {
    const plan = planOf({ agents: 7, perJob: 2 });
    await store.deployments.plan(plan);
    const seen: string[] = [];
    for (let after = ""; ;) {
      const rows = await store.deployments.ledger(plan.deployment.id, { after, limit: 3 });
      ok(rows.length <= 3);
      seen.push(...rows.map(({ agent }) => agent));
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.agent;
    }
    deepEqual(seen, seen.toSorted());
    equal(new Set(seen).size, 7);
    const named = [seen[4] ?? "", "nobody", seen[1] ?? ""];
    const rows = await store.deployments.ledger(plan.deployment.id, { agents: named });
    deepEqual(
      rows.map(({ agent }) => agent),
      [seen[1], seen[4]],
    );
    deepEqual(await store.deployments.ledger(plan.deployment.id, { agents: [] }), []);
  },

  async "forgets nobody while a sender has him, or an order waits to be told"({ store }) {
    const plan = await started(store, planOf({ agents: 2, perJob: 1 }));
    await settle(store, must(await claim(store, 0)), 0, "accepted");
    const held = must(await claim(store, 0));
    ok(await happen(store, plan, { kind: "halted" }));
    const prune = (): Promise<number> => store.deployments.prune({ before: at(1_000_001) });
    equal(await prune(), 0);
    ok(await settle(store, held, 1, "rejected"));
    ok(await happen(store, plan, { kind: "recalled", control: "c", tellBy: ["email"] }));
    equal(await prune(), 0);
    for (let job = await claim(store, 1); job !== undefined; job = await claim(store, 1))
      await settle(store, job, 1, "accepted");
    equal(await prune(), 2);
  },

  async "forgets the machines of what is long over, in pieces, and nothing else"({ store }) {
    const [old, older, open, young] = [
      await started(store, planOf({ agents: 5, perJob: 2 })),
      planOf({ agents: 2 }),
      await started(store, planOf({ agents: 2 })),
      await started(store, planOf({ agents: 2 })),
    ];
    const { id } = old.deployment;
    for (let job = await claim(store, 1); job !== undefined; job = await claim(store, 1))
      await store.deployments.record(job, {
        now: at(1),
        outcomes: job.recipients.map(({ agent }) => ({ agent, outcome: "accepted", detail: "" })),
      });
    ok(await happen(store, old, { kind: "halted" }));
    await store.deployments.plan(older);
    ok(await happen(store, older, { kind: "halted" }));
    const over = at(1_000_001);
    equal(await store.deployments.prune({ before: at(999_999) }), 0);
    const before = await store.deployments.progress(id);
    const events = await store.deployments.events(id);
    equal(await store.deployments.prune({ before: over, limit: 3 }), 3);
    equal(await store.deployments.prune({ before: over, limit: 3 }), 2);
    equal(await store.deployments.prune({ before: over, limit: 3 }), 2); // the other one's
    equal(await store.deployments.prune({ before: over, limit: 3 }), 0);
    deepEqual(await store.deployments.ledger(id), []);
    deepEqual(await store.deployments.progress(id), before);
    deepEqual(await store.deployments.events(id), events);
    await rejects(store.deployments.plan(old), { code: "REPLAYED" });
    const [agent, counter] = ["agent-0000", 1];
    const receipt = {
      agent,
      counter,
      now: over,
      detail: "",
      text: "{}",
      state: "installed",
    } as const;
    equal(await store.deployments.take({ ...receipt, deployment: id }), "stranger");
    for (const { deployment } of [open, young])
      equal((await store.deployments.ledger(deployment.id)).length, 2);
  },
};
