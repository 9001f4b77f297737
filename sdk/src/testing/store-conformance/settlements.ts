/** What became of a job is booked for each recipient, and the sums stay the rows' sums. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
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
  tallyOf,
  type Cases,
} from "./ground.ts";

/** The cases. */
export const settlements: Cases = {
  async "books each recipient apart, and tries the rest again when told"({ store }) {
    const plan = await started(store, planOf({ agents: 4 }));
    const job = must(await claim(store, 0));
    const [a = "", b = "", c = "", d = ""] = job.recipients.map(({ agent }) => agent);
    await store.deployments.record(job, {
      now: at(1),
      outcomes: [
        { agent: a, outcome: "accepted", detail: "250" },
        { agent: b, outcome: "rejected", detail: "550 no such user" },
        { agent: c, outcome: "later", detail: "451 come back" },
        { agent: d, outcome: "rejected", detail: "552 too large" },
      ],
      retryAt: at(100),
    });
    deepEqual(await countsOf(store, plan), { planned: 1, sent: 1, failed: 2 });
    const rows = await store.deployments.ledger(plan.deployment.id);
    deepEqual(
      rows.map(({ detail }) => detail),
      ["250", "550 no such user", "451 come back", "552 too large"],
    );
    equal(rows[0]?.changedAt, at(1).toISOString());
    equal(await claim(store, 99), undefined);
    deepEqual(
      (await claim(store, 100))?.recipients.map(({ agent }) => agent),
      [c],
    );
  },

  async "leaves the words of whoever has answered before his relay has"({ store }) {
    const plan = await started(store, planOf({ agents: 1 }));
    const job = must(await claim(store, 0));
    const [{ agent }] = job.recipients as [(typeof job.recipients)[0]];
    const receipt = receiptOf(plan, agent, { state: "failed", seconds: 1 });
    await store.deployments.take({ ...receipt, detail: "HOOK_FAILED" });
    const outcomes = [{ agent, outcome: "later", detail: "451 come back" }] as const;
    ok(await store.deployments.record(job, { now: at(2), outcomes, retryAt: at(100) }));
    const [row] = await store.deployments.ledger(plan.deployment.id);
    deepEqual([row?.state, row?.detail], ["failed", "HOOK_FAILED"]);
    equal(await claim(store, 100), undefined);
  },

  async "fails what is not tried again"({ store }) {
    const plan = await started(store, planOf({ agents: 2 }));
    const job = must(await claim(store, 0));
    await store.deployments.record(job, { now: at(1), outcomes: [] });
    deepEqual(await countsOf(store, plan), { failed: 2 });
    equal(await claim(store, 10_000), undefined);
  },

  async "tells those of a control again who could not be told yet, and nobody where that is given up"({
    store,
  }) {
    const plan = await started(store, planOf({ agents: 4 }));
    await settle(store, must(await claim(store, 0)), 0, "accepted");
    ok(await happen(store, plan, { kind: "paused", control: "c", tellBy: ["email"] }));
    const record = async (
      seconds: number,
      outcomes: readonly ("accepted" | "rejected" | "later")[],
      retryAt?: Date,
    ): Promise<readonly string[]> => {
      const job = must(await claim(store, seconds));
      const told = job.recipients.map(({ agent }, index) => ({
        agent,
        outcome: outcomes[index] ?? "later",
        detail: "",
      }));
      const settlement = { now: at(seconds), outcomes: told };
      ok(await store.deployments.record(job, retryAt ? { ...settlement, retryAt } : settlement));
      return job.recipients.map(({ agent }) => agent);
    };
    const [, , third = "", fourth = ""] = await record(1, ["accepted", "rejected"], at(100));
    equal(await claim(store, 99), undefined);
    deepEqual(await record(100, ["later", "later"]), [third, fourth]);
    equal(await claim(store, 10_000), undefined);
    deepEqual(await countsOf(store, plan), { sent: 4 }); // the ledger says nothing of it
  },

  async "what was sent and bounced has failed, or goes another way; what was answered stays"(
    ground,
  ) {
    const plan = await started(ground.store, planOf({ agents: 4 }));
    const job = await claim(ground.store, 1);
    ok(job);
    const { deployments } = ground.store;
    const agents = job.recipients.map(({ agent }) => agent);
    const [failed = "", other = "", answered = "", unsent = ""] = agents;
    await deployments.record(job, {
      now: at(2),
      retryAt: at(30),
      outcomes: agents.map((agent) => ({
        agent,
        outcome: agent === unsent ? "later" : "accepted",
        detail: "",
      })),
    });
    const { id: deployment } = plan.deployment;
    await deployments.take({
      agent: answered,
      counter: 1,
      deployment,
      state: "installed",
      detail: "",
      text: "{}",
      now: at(3),
    });
    deepEqual(await deployments.addressees(job.id, `${failed.toUpperCase()}@Example.ORG`), [
      { agent: failed, deployment, transport: "email", state: "sent" },
    ]);
    deepEqual(await deployments.addressees(job.id, "stranger@example.org"), []);
    deepEqual(await deployments.addressees(job.id + 1000, `${failed}@example.org`), []);
    const bounce = { job: job.id, detail: "5.1.1 no such user", now: at(4) };
    equal(await deployments.bounce({ ...bounce, agent: failed }), true);
    equal(await deployments.bounce({ ...bounce, agent: failed }), false);
    equal(await deployments.bounce({ ...bounce, agent: answered }), false);
    equal(await deployments.bounce({ ...bounce, agent: unsent }), false);
    const instead = { transport: "unc", address: "unc" };
    // What the disk or the database refuses: no text holds it. Then nothing is planned either.
    const refused = { ...instead, address: null as unknown as string };
    await rejects(deployments.bounce({ ...bounce, agent: other, instead: refused }));
    equal(await deployments.bounce({ ...bounce, agent: other, instead }), true);
    await ground.restart();
    const queues = await ground.store.deployments.queues(at(5));
    deepEqual(
      queues.filter(({ transport }) => transport === "unc"),
      [{ transport: "unc", state: "due", jobs: 1, recipients: 1 }],
    );
    const again = await ground.store.deployments.claim({
      worker: "worker",
      now: at(5),
      leaseMs: 60_000,
      transports: ["unc"],
    });
    deepEqual(again?.recipients, [{ agent: other, address: "unc" }]);
    equal(again?.attach, false);
    const rows = await ground.store.deployments.ledger(deployment);
    deepEqual(
      rows.map(({ state, transport }) => [state, transport]),
      [
        ["failed", "email"],
        ["planned", "unc"],
        ["installed", "email"],
        ["planned", "email"],
      ],
    );
    const counts = (await ground.store.deployments.progress(deployment))?.waves[0]?.counts;
    deepEqual([counts?.failed, counts?.planned, counts?.installed, counts?.sent], [1, 2, 1, 0]);
  },

  async "keeps the sum of all states equal to the agents, whatever happens"({ store }) {
    const plan = await started(store, planOf({ agents: 40, perJob: 3 }));
    let turn = 0;
    for (let job = await claim(store, 0); job !== undefined; job = await claim(store, turn)) {
      const outcomes = job.recipients.map(({ agent }, index) => ({
        agent,
        outcome: (["accepted", "rejected", "later"] as const)[(turn + index) % 3] ?? "later",
        detail: "",
      }));
      await store.deployments.record(job, {
        now: at(turn),
        outcomes,
        ...(turn < 40 ? { retryAt: at(turn) } : {}),
      });
      await store.deployments.take({
        agent: `agent-${String(turn % 50).padStart(4, "0")}`,
        counter: turn + 1,
        deployment: plan.deployment.id,
        state: turn % 2 === 0 ? "installed" : "failed",
        detail: "",
        text: "{}",
        now: at(turn),
      });
      const counts = await countsOf(store, plan);
      equal(
        Object.values(counts).reduce((sum, count) => sum + count, 0),
        40,
      );
      const rows = await store.deployments.ledger(plan.deployment.id);
      deepEqual(counts, tallyOf(rows.map(({ state }) => state)));
      turn++;
    }
    ok(turn > 13);
  },
};
