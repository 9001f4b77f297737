/**
 * What every store must keep, as cases for any test runner:
 * `for (const { name, run } of storeConformance(setup)) test(name, run)`. The invariants stand in `ledger/store.ts`.
 */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type {
  ClaimedJob,
  DeploymentEvent,
  DeploymentRecord,
  LedgerState,
  DeploymentPlan,
  PlannedJob,
  ServerStore,
} from "../ledger/index.ts";

/** A store, set up for one case. */
export interface StoreUnderTest {
  /** Opens it; called again after a "restart". */
  open(): Promise<ServerStore>;
  /** Removes it. */
  remove(): Promise<void>;
}

/** One case. */
export interface StoreCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

interface Ground {
  store: ServerStore;
  /** Closes and opens it again. */
  restart(): Promise<void>;
}

const start = Date.parse("2026-11-22T12:00:00Z");
const at = (seconds: number): Date => new Date(start + seconds * 1000);

/** The cases. @param setup makes a fresh, empty store for each. */
export function storeConformance(setup: () => Promise<StoreUnderTest>): readonly StoreCase[] {
  return Object.entries(cases).map(([name, work]) => ({
    name,
    run: async () => {
      const subject = await setup();
      const ground: Ground = {
        store: await subject.open(),
        async restart() {
          await this.store.close();
          this.store = await subject.open();
        },
      };
      try {
        await work(ground);
      } finally {
        await ground.store.close();
        await subject.remove();
      }
    },
  }));
}

const cases: Readonly<Record<string, (ground: Ground) => Promise<void>>> = {
  async "enters a deployment whole, and only once"(ground) {
    const plan = planOf({ agents: 5, perJob: 2 });
    await ground.store.deployments.plan(plan);
    await rejects(ground.store.deployments.plan(plan), { code: "REPLAYED" });
    await ground.restart();
    await rejects(ground.store.deployments.plan(plan), { code: "REPLAYED" });
    const progress = await ground.store.deployments.progress(plan.deployment.id);
    deepEqual(progress?.deployment, plan.deployment);
    equal(progress?.state, "running");
    equal(progress?.waves[0]?.counts.planned, 5);
    equal((await ground.store.deployments.ledger(plan.deployment.id)).length, 5);
    deepEqual(await ground.store.deployments.list(), [plan.deployment.id]);
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

  async "gives no work before its wave has started"({ store }) {
    const plan = planOf({ agents: 2, waves: 2 });
    await store.deployments.plan(plan);
    equal(await claim(store, 0), undefined);
    ok(await happen(store, plan, { kind: "waveStarted", wave: 0 }));
    const job = await claim(store, 0);
    equal(job?.wave, 0);
    equal(await claim(store, 0), undefined);
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

  async "books each recipient apart, and tries the rest again when told"({ store }) {
    const plan = await started(store, planOf({ agents: 3 }));
    const job = must(await claim(store, 0));
    const [a, b, c] = job.recipients.map(({ agent }) => agent) as [string, string, string];
    await store.deployments.record(job, {
      now: at(1),
      outcomes: [
        { agent: a, outcome: "accepted", detail: "250" },
        { agent: b, outcome: "rejected", detail: "550 no such user" },
        { agent: c, outcome: "later", detail: "451 come back" },
      ],
      retryAt: at(100),
    });
    deepEqual(await countsOf(store, plan), { planned: 1, sent: 1, failed: 1 });
    const rows = await store.deployments.ledger(plan.deployment.id);
    equal(rows.find(({ agent }) => agent === b)?.detail, "550 no such user");
    equal(await claim(store, 99), undefined);
    deepEqual(
      (await claim(store, 100))?.recipients.map(({ agent }) => agent),
      [c],
    );
  },

  async "fails what is not tried again"({ store }) {
    const plan = await started(store, planOf({ agents: 2 }));
    const job = must(await claim(store, 0));
    await store.deployments.record(job, { now: at(1), outcomes: [] });
    deepEqual(await countsOf(store, plan), { failed: 2 });
    equal(await claim(store, 10_000), undefined);
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

  async "forgets the machines of what is long over, in pieces, and nothing else"({ store }) {
    const [old, open, young] = [
      await started(store, planOf({ agents: 5, perJob: 2 })),
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
    const over = at(1_000_001);
    equal(await store.deployments.prune({ before: at(999_999) }), 0);
    const before = await store.deployments.progress(id);
    const events = await store.deployments.events(id);
    equal(await store.deployments.prune({ before: over, limit: 3 }), 3);
    equal(await store.deployments.prune({ before: over, limit: 3 }), 2);
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

  async "counts a receipt once, and never an older one after a newer"({ store }) {
    const plan = await started(store, planOf({ agents: 2 }));
    await settle(store, must(await claim(store, 0)), 1, "accepted");
    const take = (
      counter: number,
      state: "received" | "installed" | "rolledBack",
    ): Promise<string> =>
      store.deployments.take({
        agent: "agent-0001",
        counter,
        deployment: plan.deployment.id,
        state,
        detail: "",
        text: `{"counter":${counter}}`,
        now: at(counter),
      });
    equal(await take(2, "installed"), "counted");
    equal(await take(2, "installed"), "known");
    equal(await take(1, "received"), "known");
    deepEqual(await countsOf(store, plan), { sent: 1, installed: 1 });
    equal(await take(3, "rolledBack"), "counted");
    deepEqual(await countsOf(store, plan), { sent: 1, rolledBack: 1 });
    const [row] = await store.deployments.ledger(plan.deployment.id, { state: "rolledBack" });
    equal(row?.receipt, '{"counter":3}');
  },

  async "counts many receipts that come at once, each once"({ store }) {
    const plan = await started(store, planOf({ agents: 700, perJob: 500 }));
    const receipts = Array.from({ length: 1400 }, (_, index) => ({
      agent: `agent-${String(index % 700).padStart(4, "0")}`,
      counter: 1,
      deployment: plan.deployment.id,
      state: "installed" as const,
      detail: "",
      text: "{}",
      now: at(1),
    }));
    const verdicts = await Promise.all(receipts.map((receipt) => store.deployments.take(receipt)));
    equal(verdicts.filter((verdict) => verdict === "counted").length, 700);
    equal(verdicts.filter((verdict) => verdict === "known").length, 700);
    deepEqual(await countsOf(store, plan), { installed: 700 });
  },

  async "books nothing for strangers"({ store }) {
    const plan = await started(store, planOf({ agents: 1 }));
    const receipt = { counter: 1, state: "installed", detail: "", text: "{}", now: at(1) } as const;
    const { id } = plan.deployment;
    equal(
      await store.deployments.take({ ...receipt, agent: "nobody", deployment: id }),
      "stranger",
    );
    equal(
      await store.deployments.take({ ...receipt, agent: "agent-0001", deployment: randomUUID() }),
      "stranger",
    );
    deepEqual(await countsOf(store, plan), { planned: 1 });
  },

  async "counts silence, but only of those who have been silent long enough"({ store }) {
    const plan = await started(store, planOf({ agents: 3, perJob: 1 }));
    for (const seconds of [0, 50])
      await settle(store, must(await claim(store, seconds)), seconds, "accepted");
    const silence = { kind: "silence", wave: 0, before: at(40).toISOString() } as const;
    equal(await happen(store, plan, silence), true);
    equal(await happen(store, plan, silence), false);
    deepEqual(await countsOf(store, plan), { planned: 1, sent: 1, noAnswer: 1 });
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
    await store.deployments.take({
      agent,
      counter: 1,
      deployment: plan.deployment.id,
      state: "installed",
      detail: "",
      text: "{}",
      now: at(2),
    });
    const tellBy = ["email"];
    equal(await happen(store, plan, { kind: "paused", control: "c1", tellBy }), true);
    const pause = must(await claim(store, 3));
    deepEqual([pause.control, pause.recipients.length], ["c1", 1]);
    ok(pause.recipients[0]?.agent !== agent);
    await settle(store, pause, 3, "accepted");
    equal(await claim(store, 4), undefined);
    equal(await happen(store, plan, { kind: "recalled", control: "c2", tellBy }), true);
    for (const seconds of [5, 6]) {
      const recall = must(await claim(store, seconds));
      deepEqual([recall.control, recall.recipients.length], ["c2", 1]);
      await settle(store, recall, seconds, "accepted");
    }
    equal(await claim(store, 7), undefined);
  },

  async "settles everybody when a deployment expires"({ store }) {
    const plan = await started(store, planOf({ agents: 4, perJob: 1 }));
    await settle(store, must(await claim(store, 0)), 0, "accepted");
    equal(await happen(store, plan, { kind: "expired" }), true);
    deepEqual(await countsOf(store, plan), { failed: 3, noAnswer: 1 });
    equal((await store.deployments.progress(plan.deployment.id))?.state, "finished");
    equal(await claim(store, 1000), undefined);
    deepEqual(await store.deployments.list({ open: true }), []);
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

  async "pages the ledger in the agents' order"({ store }) {
    const plan = planOf({ agents: 7, perJob: 2 });
    await store.deployments.plan(plan);
    const seen: string[] = [];
    for (let after = ""; ;) {
      const rows = await store.deployments.ledger(plan.deployment.id, { after, limit: 3 });
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
    equal(await deployments.bounce({ ...bounce, agent: other, instead }), true);
    await ground.restart();
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

  async "finds agents by group and by name, once each"(ground) {
    const agent = (id: string, ...groups: string[]) => ({ id, groups, addresses: { unc: true } });
    await ground.store.agents.put([
      agent("b", "x", "y"),
      agent("a", "x"),
      agent("c", "z"),
      agent("d"),
    ]);
    await ground.restart();
    const { agents } = ground.store;
    const names = async (audience: Parameters<typeof agents.matching>[0]): Promise<string[]> =>
      (await agents.matching(audience)).map(({ id }) => id);
    deepEqual(await names({ groups: ["x", "y"] }), ["a", "b"]);
    deepEqual(await names({ groups: ["z"], agents: ["a", "c", "nobody"] }), ["a", "c"]);
    const second = await agents.matching({ groups: ["x", "z"] }, { after: "a", limit: 1 });
    deepEqual(
      second.map(({ id }) => id),
      ["b"],
    );
    await agents.put([agent("b", "z")]);
    deepEqual(await names({ groups: ["x"] }), ["a"]);
    deepEqual(await names({ groups: ["z"] }), ["b", "c"]);
    deepEqual((await agents.find("b"))?.groups, ["z"]);
    equal(await agents.find("nobody"), undefined);
    deepEqual(
      (await agents.list({ after: "a", limit: 2 })).map(({ id }) => id),
      ["b", "c"],
    );
  },

  async "lets one hold a lease until it lapses or is given back"(ground) {
    const hold = (holder: string, seconds: number): Promise<boolean> =>
      ground.store.leases.hold("scheduler", { holder, now: at(seconds), leaseMs: 30_000 });
    equal(await hold("one", 0), true);
    equal(await hold("two", 1), false);
    equal(await hold("one", 20), true);
    await ground.restart();
    equal(await hold("two", 49), false);
    equal(await hold("two", 50), true);
    equal(await hold("one", 51), false);
    await ground.store.leases.release("scheduler", "one"); // it is no longer its own
    equal(await hold("one", 52), false);
    await ground.store.leases.release("scheduler", "two");
    equal(await hold("one", 53), true);
  },

  async "lets one of several who change a value be the first"({ store: { values } }) {
    deepEqual(
      (
        await Promise.all(["a", "b", "c"].map((value) => values.swap("key", undefined, value)))
      ).toSorted((one, other) => Number(one) - Number(other)),
      [false, false, true],
    );
    const now = await values.get("key");
    equal(await values.swap("key", `${now}?`, "other"), false);
    equal(await values.get("key"), now);
    equal(await values.swap("key", now, "other"), true);
    equal(await values.get("key"), "other");
    equal(await values.swap("nothing", "before", "after"), false);
    equal(await values.get("nothing"), undefined);
  },

  async "counts without gaps or repeats, and keeps the first"(ground) {
    const { values } = ground.store;
    deepEqual(
      [await values.count("s"), await values.count("s"), await values.count("t")],
      [1, 2, 1],
    );
    await values.set("key", "one");
    equal(await values.keep("key", "two"), "one");
    equal(await values.keep("other", "three"), "three");
    await ground.restart();
    equal(await ground.store.values.count("s"), 3);
    equal(await ground.store.values.get("key"), "one");
    equal(await ground.store.values.get("nothing"), undefined);
  },
};

function planOf(options: {
  readonly agents: number;
  readonly perJob?: number;
  readonly waves?: number;
  readonly approval?: boolean;
}): DeploymentPlan {
  const { agents, waves = 1, perJob = Math.ceil(agents / waves), approval = false } = options;
  const names = Array.from(
    { length: agents },
    (_, index) => `agent-${String(index).padStart(4, "0")}`,
  );
  const perWave = Math.ceil(agents / waves);
  const jobs: PlannedJob[] = [];
  const sizes: number[] = [];
  for (let wave = 0; wave < waves; wave++) {
    const members = names.slice(wave * perWave, (wave + 1) * perWave);
    sizes.push(members.length);
    for (let from = 0; from < members.length; from += perJob)
      jobs.push({
        wave,
        transport: "email",
        attach: false,
        delayMs: 0,
        recipients: members
          .slice(from, from + perJob)
          .map((agent) => ({ agent, address: `${agent}@example.org` })),
      });
  }
  const deployment: DeploymentRecord = {
    id: randomUUID(),
    trigger: "{}",
    packageName: "demo-app",
    version: "1.0.0",
    manifest: "a".repeat(64),
    audience: { groups: ["all"] },
    reason: "test",
    acceptedAt: at(0).toISOString(),
    expiresAt: at(1_000_000).toISOString(),
    approval,
    signers: [],
    waves: sizes.map((size, index) => ({
      name: `wave-${index}`,
      size,
      successThreshold: 100,
      errorThreshold: 0,
      noAnswer: "failed",
      deadlineSeconds: 60,
      soakSeconds: 0,
    })),
    windows: [],
  };
  return { deployment, jobs };
}

async function started(store: ServerStore, plan: DeploymentPlan): Promise<DeploymentPlan> {
  await store.deployments.plan(plan);
  ok(await happen(store, plan, { kind: "waveStarted", wave: 0 }));
  return plan;
}

async function happen(
  store: ServerStore,
  plan: DeploymentPlan,
  event: Omit<DeploymentEvent, "deployment" | "at" | "reason">,
): Promise<boolean> {
  const { id } = plan.deployment;
  return store.deployments.event({
    deployment: id,
    at: at(0).toISOString(),
    reason: "test",
    ...event,
  });
}

async function claim(
  store: ServerStore,
  seconds: number,
  worker = "worker",
): Promise<ClaimedJob | undefined> {
  return store.deployments.claim({
    worker,
    now: at(seconds),
    leaseMs: 60_000,
    transports: ["email"],
  });
}

async function settle(
  store: ServerStore,
  job: ClaimedJob,
  seconds: number,
  outcome: "accepted" | "rejected",
): Promise<boolean> {
  const outcomes = job.recipients.map(({ agent }) => ({ agent, outcome, detail: "" }));
  return store.deployments.record(job, { now: at(seconds), outcomes });
}

/** States that somebody is in. */
async function countsOf(store: ServerStore, plan: DeploymentPlan): Promise<Record<string, number>> {
  const progress = await store.deployments.progress(plan.deployment.id);
  const sums: Record<string, number> = {};
  for (const { counts } of progress?.waves ?? [])
    for (const [state, count] of Object.entries(counts))
      if (count > 0) sums[state] = (sums[state] ?? 0) + count;
  return sums;
}

function tallyOf(states: readonly LedgerState[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const state of states) sums[state] = (sums[state] ?? 0) + 1;
  return sums;
}

function must<T>(value: T | undefined): T {
  ok(value !== undefined);
  return value;
}
