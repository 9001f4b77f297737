import { expect, test } from "vitest";
import { rollouts } from "../../../test/support/rollouts.ts";
import type { Vendor } from "../../../test/support/vendor.ts";
import { verifies } from "../../../test/support/verifies.ts";

const ground = rollouts();

test("what cannot be carried out is refused as a whole", async () => {
  verifies("step-64-validate", "step-65", "claim-3");
  await ground.vendor.enrol([
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
    expect(
      await ground.vendor.server.submit(await ground.vendor.trigger(ground.hosted, changes)),
    ).toMatchObject({
      outcome: "refused",
      code,
    });
  expect(await ground.vendor.store.deployments.list()).toEqual([]);
});
