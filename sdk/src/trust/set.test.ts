import { expect, test } from "vitest";
import { Simulator } from "../../test/support/simulator.ts";

test("a deployment that keeps every rule is verified to the end", async () => {
  const vendor = await Simulator.start();
  const { notification } = await vendor.deploy();
  const client = vendor.client({ agent: { id: "till-7", groups: ["tills"] } });
  const verified = client.verifyNotification(notification);
  expect(verified.standing).toBe("new");
  expect(verified.manifest?.document.name).toBe("demo-app");
  expect(verified.trigger.signers.map(({ owner }) => owner)).toEqual(["push"]);
  expect(client.verifyNotification(notification).standing).toBe("known");
});
