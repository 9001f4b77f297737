/** THREATS N11: a stolen key counts so far ahead that the honest server is never heard again. */
import { expect, test } from "vitest";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";

const agent = { id: "till-7", groups: ["tills"] };
const far = Number.MAX_SAFE_INTEGER;

test("N11 until the server key is rotated out the honest server is locked out, afterwards it is heard", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client({ agent });
  const poisoned = await vendor.deploy({ sequence: far });
  client.verifyNotification(poisoned.notification);
  const recalled = ["c".repeat(64)];
  client.verifyCatalog(await vendor.catalog([poisoned], { sequence: far, recalled }), {
    transport: "http",
  });

  const honest = await vendor.deploy({ version: "1.1.0" });
  expect(verdictOf(() => client.verifyNotification(honest.notification))).toBe("ROLLBACK");
  const catalog = await vendor.catalog([honest], { recalled });
  expect(verdictOf(() => client.verifyCatalog(catalog, { transport: "http" }))).toBe("ROLLBACK");

  vendor.assign("server", [vendor.key("server 2")]);
  client.update(await vendor.publishTrust());
  const recovered = await vendor.announce(honest, { sequence: 1 });
  expect(client.verifyNotification(recovered).standing).toBe("new");
  const heard = await vendor.catalog([honest], { sequence: 1 });
  expect(client.verifyCatalog(heard, { transport: "http" })).toMatchObject({
    standing: "new",
    fallen: [],
    missing: [],
  });
});

test("N11 what the stolen key said is gone after a restart, too, and the key itself is refused", async () => {
  const vendor = await Simulator.start();
  const stolen = vendor.signers.server;
  const before = vendor.client({ agent });
  before.verifyCatalog(await vendor.catalog([], { sequence: far }), { transport: "http" });
  vendor.assign("server", [vendor.key("server 2")]);
  await vendor.publishTrust();
  const client = vendor.client({ agent, memory: before.memory });
  expect(client.memory.servers).toEqual([]);
  const more = await vendor.catalog([], { sequence: far }, stolen);
  expect(verdictOf(() => client.verifyCatalog(more, { transport: "http" }))).toBe("KEY_ROLE");
});

test("N11 a rotation that keeps the server key keeps what it said; other servers' words stay in any case", async () => {
  const vendor = await Simulator.start();
  const [one, two] = [vendor.key("server 1"), vendor.key("server 2")];
  vendor.assign("server", [one, two], 1);
  await vendor.publishTrust();
  const client = vendor.client({ agent });
  client.verifyCatalog(await vendor.catalog([], { sequence: 70 }, [one]), { transport: "http" });
  client.verifyCatalog(await vendor.catalog([], { sequence: 80 }, [two]), { transport: "http" });
  client.update(await vendor.publishTrust());
  expect(client.memory.servers).toHaveLength(2);
  vendor.trust.revoked = { keys: [two.trusted.fingerprint] };
  client.update(await vendor.publishTrust());
  expect(client.memory.servers).toMatchObject([
    { key: one.trusted.fingerprint, catalog: { sequence: 70 } },
  ]);
  const lower = await vendor.catalog([], { sequence: 69 }, [one]);
  expect(verdictOf(() => client.verifyCatalog(lower, { transport: "unc" }))).toBe("ROLLBACK");
});

test("N11 a version took push and release keys, so no new server key resets it, but a new order does", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client({ agent });
  client.verifyNotification((await vendor.deploy({ version: "999.0.0" })).notification);
  vendor.assign("server", [vendor.key("server 2")]);
  client.update(await vendor.publishTrust());
  const lower = await vendor.deploy({ version: "1.1.0" });
  expect(verdictOf(() => client.verifyNotification(lower.notification))).toBe("ROLLBACK");
  vendor.pass(1);
  const order = await vendor.deploy({ version: "1.1.0", trigger: { allowDowngrade: ["999.0.0"] } });
  expect(client.at(vendor.now).verifyNotification(order.notification).standing).toBe("new");
});
