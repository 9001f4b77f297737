/** THREATS N8: an old notification, good in itself, is sent again to bring an old version back. */
import { expect, test } from "vitest";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";
import { verifies } from "../support/verifies.ts";

const agent = { id: "till-7", groups: ["tills"] };

test("N8 after a newer one it is refused, across restarts; the newer one again is known", async () => {
  const vendor = await Simulator.start();
  const [one, two] = [await vendor.deploy(), await vendor.deploy({ version: "2.0.0" })];
  const client = vendor.client({ agent });
  expect(client.verifyNotification(one.notification).standing).toBe("new");
  expect(client.verifyNotification(two.notification).standing).toBe("new");
  const restarted = vendor.client({ agent, memory: JSON.parse(JSON.stringify(client.memory)) });
  expect(verdictOf(() => restarted.verifyNotification(one.notification))).toBe("ROLLBACK");
  expect(restarted.verifyNotification(two.notification).standing).toBe("known");
});

test("N8 a stolen server key that wraps the old order anew gains nothing", async () => {
  verifies("step-84");
  const vendor = await Simulator.start();
  const [one, two] = [await vendor.deploy(), await vendor.deploy({ version: "2.0.0" })];
  const client = vendor.client({ agent });
  client.verifyNotification(two.notification);
  const wrapped = await vendor.announce(one, { sequence: 1_000 });
  expect(verdictOf(() => client.verifyNotification(wrapped))).toBe("ROLLBACK");
});

test("N8 nor does a second server whose key was stolen", async () => {
  const vendor = await Simulator.start();
  const [honest, stolen] = [vendor.key("server 1"), vendor.key("server 2")];
  vendor.assign("server", [honest, stolen], 1);
  await vendor.publishTrust();
  const [one, two] = [
    await vendor.deploy(),
    await vendor.deploy({ version: "2.0.0", server: [honest] }),
  ];
  const client = vendor.client({ agent });
  client.verifyNotification(two.notification);
  const wrapped = await vendor.announce(one, { sequence: 1 }, [stolen]);
  expect(verdictOf(() => client.verifyNotification(wrapped))).toBe("ROLLBACK");
});

test("N8 stripping one of two signatures hides nothing of what both keys said", async () => {
  const vendor = await Simulator.start();
  const [a, b] = [vendor.key("server a"), vendor.key("server b")];
  vendor.assign("server", [a, b], 1);
  await vendor.publishTrust();
  const [old, now] = [
    await vendor.catalog([], { sequence: 5 }),
    await vendor.catalog([], { sequence: 9 }),
  ];
  const client = vendor.client({ agent });
  client.verifyCatalog(now, { transport: "http" });
  for (const signature of old.signatures)
    expect(
      verdictOf(() =>
        client.verifyCatalog({ ...old, signatures: [signature] }, { transport: "unc" }),
      ),
    ).toBe("ROLLBACK");
});

test("N8 a delayed notification for another package is no rollback", async () => {
  const vendor = await Simulator.start();
  const [app, api] = [await vendor.deploy(), await vendor.deploy({ name: "demo-api" })];
  const client = vendor.client({ agent });
  expect(client.verifyNotification(api.notification).standing).toBe("new");
  expect(client.verifyNotification(app.notification).standing).toBe("new");
});

test("N8 an earlier word on the same order is known, not an alarm", async () => {
  const vendor = await Simulator.start();
  const deployment = await vendor.deploy();
  const secondWave = await vendor.announce(deployment);
  const client = vendor.client({ agent });
  expect(client.verifyNotification(secondWave).standing).toBe("new");
  expect(client.verifyNotification(deployment.notification).standing).toBe("known");
});

test("N8 what is meant for others moves no floor", async () => {
  const vendor = await Simulator.start();
  const forOthers = await vendor.deploy({
    version: "9.0.0",
    trigger: { audience: { groups: ["kiosks"] } },
  });
  const client = vendor.client({ agent });
  const { memory } = client;
  expect(verdictOf(() => client.verifyNotification(forOthers.notification))).toBe("NOT_FOR_US");
  expect(client.memory).toBe(memory);
  expect(client.verifyNotification((await vendor.deploy()).notification).standing).toBe("new");
});

test("N8 a downgrade takes a trigger that names the version that stands", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client({ agent });
  client.verifyNotification((await vendor.deploy({ version: "2.0.0" })).notification);
  vendor.pass(1);
  const later = client.at(vendor.now);
  const wrong = await vendor.deploy({ trigger: { allowDowngrade: ["1.5.0", "3.0.0"] } });
  expect(verdictOf(() => later.verifyNotification(wrong.notification))).toBe("ROLLBACK");
  const right = await vendor.deploy({ trigger: { allowDowngrade: ["2.0.0"] } });
  expect(later.verifyNotification(right.notification).standing).toBe("new");
  expect(later.memory.packages).toMatchObject([{ name: "demo-app", version: "1.0.0" }]);
});

test("N8 an allowed downgrade, replayed after its mend, is refused whichever server wraps it", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client({ agent });
  const broken = await vendor.deploy({ version: "2.0.0" });
  client.verifyNotification(broken.notification);
  vendor.pass(1);
  const back = await vendor.deploy({ trigger: { allowDowngrade: ["2.0.0"] } });
  client.at(vendor.now).verifyNotification(back.notification);
  vendor.pass(1);
  // 2.0.0 was not to blame after all: the same release is pushed again.
  const again = await vendor.deploy({
    version: "2.0.0",
    manifest: { releasedAt: JSON.parse(broken.manifest.text).releasedAt },
  });
  client.at(vendor.now).verifyNotification(again.notification);
  const replayed = await vendor.announce(back, { sequence: 1_000 });
  expect(verdictOf(() => client.at(vendor.now).verifyNotification(replayed))).toBe("ROLLBACK");
});
