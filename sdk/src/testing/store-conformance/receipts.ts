/** A receipt counts once, and never an older one after a newer. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { DeploymentPlan, ReceiptFacts } from "../../ledger/index.ts";
import { at, claim, countsOf, must, planOf, settle, started, type Cases } from "./ground.ts";

/** What differs between requests. */
interface Asking {
  readonly agent: string;
  readonly deployment: string;
  readonly notification: string;
  readonly address: string;
  readonly most: number;
}

/** A receipt that asks for parts. */
function asking(
  plan: DeploymentPlan,
  counter: number,
  parts: readonly number[],
  more: Partial<Asking>,
): ReceiptFacts {
  const { agent = "agent-0001", deployment = plan.deployment.id, notification = "n1" } = more;
  const { address = `${agent}@example.org`, most = 100 } = more;
  return {
    agent,
    counter,
    deployment,
    state: "received",
    detail: "",
    text: "{}",
    asksFor: { notification, parts, transport: "email", address, most },
    now: at(1),
  };
}

/** The cases. */
export const receipts: Cases = {
  async "counts a receipt once, and never an older one after a newer"({ store }) {
    const plan = await started(store, planOf({ agents: 2 }));
    await settle(store, must(await claim(store, 0)), 1, "accepted");
    const later = planOf({ agents: 2 }); // of the same agents
    await store.deployments.plan(later);
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
    const [, untouched] = await store.deployments.ledger(later.deployment.id);
    deepEqual([untouched?.state, untouched?.receipt], ["planned", undefined]);
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

  async "keeps the parts that an agent asks for until they are sent, over a restart too"(ground) {
    const plan = await started(ground.store, planOf({ agents: 2 }));
    const other = await started(ground.store, planOf({ agents: 2 }));
    for (const _ of [plan, other])
      await settle(ground.store, must(await claim(ground.store, 0)), 0, "accepted");
    const ask = (counter: number, parts: number[], more: Partial<Asking> = {}): Promise<string> =>
      ground.store.deployments.take(asking(plan, counter, parts, more));
    // Several come at once, and are booked together.
    const verdicts = [
      ask(1, [3, 2]),
      ask(2, [2, 7]),
      ask(3, [1], { notification: "n2" }),
      ask(4, [4], { notification: "n2" }),
      ask(4, [1], { agent: "nobody" }),
      ask(5, [1], { deployment: randomUUID() }),
    ];
    deepEqual(await Promise.all(verdicts), [
      ...Array<string>(4).fill("counted"),
      "stranger",
      "stranger",
    ]);
    equal(await ask(1, [5], { agent: "agent-0000" }), "counted");
    equal(await ask(1, [6], { deployment: other.deployment.id }), "counted");
    await ground.restart();
    const first = must(await claim(ground.store, 1));
    deepEqual(first.errand, { notification: "n1", parts: [2, 3, 7] });
    deepEqual(first.recipients, [{ agent: "agent-0001", address: "agent-0001@example.org" }]);
    // What comes while it is being sent is sent afterwards.
    equal(await ask(6, [9]), "counted");
    equal(await settle(ground.store, first, 2, "accepted"), true);
    deepEqual(must(await claim(ground.store, 2)).errand, { notification: "n2", parts: [1, 4] });
    // Another agent's, and another deployment's, are their own.
    for (const [agent, parts] of [
      ["agent-0000", [5]],
      ["agent-0001", [6]],
    ] as const) {
      const job = must(await claim(ground.store, 2));
      deepEqual(job.errand, { notification: "n1", parts });
      deepEqual(job.recipients, [{ agent, address: `${agent}@example.org` }]);
    }
    deepEqual(must(await claim(ground.store, 2)).errand, { notification: "n1", parts: [9] });
    equal(await claim(ground.store, 2), undefined);
    deepEqual(await countsOf(ground.store, plan), { received: 2 });
  },

  async "gives an agent so many parts again and no more, and nothing for a receipt that does not count"({
    store,
  }) {
    const plan = await started(store, planOf({ agents: 2 }));
    await settle(store, must(await claim(store, 0)), 0, "accepted");
    const ask = (counter: number, parts: number[], more: Partial<Asking> = {}): Promise<string> =>
      store.deployments.take(asking(plan, counter, parts, { most: 4, ...more }));
    equal(await ask(1, [1, 2, 3]), "counted");
    equal(await ask(1, [4]), "known");
    deepEqual(must(await claim(store, 1)).errand, { notification: "n1", parts: [1, 2, 3] });
    equal(await ask(2, [5, 6]), "counted");
    deepEqual(must(await claim(store, 1)).errand, { notification: "n1", parts: [5] });
    equal(await ask(3, [7]), "counted");
    equal(await claim(store, 1), undefined);
    // Another agent's are its own.
    equal(await ask(1, [8], { agent: "agent-0000" }), "counted");
    deepEqual(must(await claim(store, 1)).errand, { notification: "n1", parts: [8] });
  },

  async "books a request and its receipt together, or neither"({ store }) {
    const plan = await started(store, planOf({ agents: 1 }));
    await settle(store, must(await claim(store, 0)), 0, "accepted");
    // What the disk or the database refuses: no text holds it, so that the parts cannot be entered.
    const refused = { address: null as unknown as string, agent: "agent-0000" };
    const taken = [1, 2].map((part) => store.deployments.take(asking(plan, 1, [part], refused)));
    for (const each of taken) await rejects(each);
    deepEqual(await countsOf(store, plan), { sent: 1 });
    equal(
      await store.deployments.take(asking(plan, 1, [1], { agent: "agent-0000", most: 1 })),
      "counted",
    );
    deepEqual(must(await claim(store, 1)).errand, { notification: "n1", parts: [1] });
  },
};
