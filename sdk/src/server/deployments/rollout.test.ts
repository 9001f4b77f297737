/** The life of a deployment, from its first wave to its last. */
import { expect, test } from "vitest";
import { rollouts } from "../../../test/support/rollouts.ts";
import { verifies } from "../../../test/support/verifies.ts";

const ground = rollouts();
const { answer, control, progressOf, push } = ground;

test("200 agents: canary, then it pauses itself over failures and silence, is resumed, and finishes", async () => {
  verifies("step-66-delay");
  await ground.vendor.enrol(
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
  expect(ground.vendor.email.deliveries.flatMap(({ recipients }) => recipients)).toHaveLength(5);

  await answer(id, () => "installed");
  expect((await progressOf(id)).waves[1]!.state).toBe("waiting"); // soaking
  ground.vendor.simulator.pass(600 / 86_400);
  await ground.vendor.server.settle();
  expect((await progressOf(id)).waves.map(({ state }) => state)).toEqual([
    "finished",
    "running",
    "waiting",
  ]);

  // In the second wave (95 agents) one fails and one stays silent: 2.1 % is more than 2 %.
  const second = await ground.vendor.store.deployments.ledger(id, { state: "sent" });
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
  ground.vendor.simulator.pass(3601 / 86_400);
  await ground.vendor.server.settle();
  // … until the silence of the other is counted, and the last wave never begins.
  expect(await progressOf(id)).toMatchObject({
    state: "paused",
    reason: "wave 50%: 1 failed and 1 did not answer, of 95: more than 2 %",
    waves: [{}, {}, { state: "waiting" }],
  });

  expect(await control(id, "resume")).toMatchObject({ outcome: "accepted" });
  ground.vendor.simulator.pass(3600 / 86_400);
  await ground.vendor.server.settle();
  expect(await progressOf(id)).toMatchObject({
    state: "running",
    waves: [{}, {}, { state: "running" }],
  });
  await answer(id, () => "installed");
  const done = await progressOf(id);
  expect(done.state).toBe("finished");
  expect(done.waves.reduce((sum, { counts }) => sum + counts.installed, 0)).toBe(198);
  const written = ground.vendor.email.deliveries.flatMap(({ recipients }) =>
    recipients.map(({ agent }) => agent),
  );
  expect(new Set(written).size).toBe(200); // nobody lost
  expect(written).toHaveLength(200); // nobody twice
});
