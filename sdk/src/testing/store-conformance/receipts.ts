/** A receipt counts once, and never an older one after a newer. */
import { deepEqual, equal } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { at, claim, countsOf, must, planOf, settle, started, type Cases } from "./ground.ts";

/** The cases. */
export const receipts: Cases = {
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

  async "keeps the parts that an agent asks for until they are sent, over a restart too"(ground) {
    const plan = await started(ground.store, planOf({ agents: 2 }));
    await settle(ground.store, must(await claim(ground.store, 0)), 0, "accepted");
    const request = {
      deployment: plan.deployment.id,
      agent: "agent-0001",
      transport: "email",
      address: "agent-0001@example.org",
      notification: "n1",
      now: at(1),
    };
    await ground.store.deployments.ask({ ...request, parts: [3, 2] });
    await ground.store.deployments.ask({ ...request, parts: [2, 7] });
    await ground.store.deployments.ask({ ...request, notification: "n2", parts: [1] });
    await ground.store.deployments.ask({ ...request, agent: "nobody", parts: [1] });
    await ground.store.deployments.ask({ ...request, deployment: randomUUID(), parts: [1] });
    await ground.restart();
    const first = must(await claim(ground.store, 1));
    deepEqual(first.errand, { notification: "n1", parts: [2, 3, 7] });
    deepEqual(first.recipients, [{ agent: "agent-0001", address: "agent-0001@example.org" }]);
    // What comes while it is being sent is sent afterwards.
    await ground.store.deployments.ask({ ...request, parts: [9] });
    equal(await settle(ground.store, first, 2, "accepted"), true);
    deepEqual(must(await claim(ground.store, 2)).errand, { notification: "n2", parts: [1] });
    deepEqual(must(await claim(ground.store, 2)).errand, { notification: "n1", parts: [9] });
    equal(await claim(ground.store, 2), undefined);
    deepEqual(await countsOf(ground.store, plan), { sent: 2 });
  },
};
