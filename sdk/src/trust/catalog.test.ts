import { expect, test } from "vitest";
import { verdictOf } from "../../test/support/refusal.ts";
import { Simulator } from "../../test/support/simulator.ts";

const byHttp = { transport: "http" };

test("a heartbeat that shows the same again is new, and nothing has fallen", async () => {
  const vendor = await Simulator.start();
  const deployment = await vendor.deploy();
  const client = vendor.client();
  for (let beat = 0; beat < 3; beat++)
    expect(client.verifyCatalog(await vendor.catalog([deployment]), byHttp)).toMatchObject({
      standing: "new",
      current: [{ version: "1.0.0" }],
      fallen: [],
      missing: [],
    });
});

test("signed by two servers, it is held to what either showed", async () => {
  for (const higher of [0, 1]) {
    const vendor = await Simulator.start();
    const servers = [vendor.key("server 1"), vendor.key("server 2")];
    vendor.assign("server", servers, 1);
    await vendor.publishTrust();
    const [one, two, three] = [
      await vendor.deploy({ version: "1.0.0" }),
      await vendor.deploy({ version: "2.0.0" }),
      await vendor.deploy({ version: "3.0.0" }),
    ];
    const client = vendor.client();
    client.verifyCatalog(await vendor.catalog([three], {}, [servers[higher]!]), byHttp);
    client.verifyCatalog(await vendor.catalog([one], {}, [servers[1 - higher]!]), byHttp);
    const both = client.verifyCatalog(await vendor.catalog([two], {}, servers), byHttp);
    expect(both.fallen).toMatchObject([{ version: "2.0.0" }]);
  }
});

test("what one server shows is no floor against another", async () => {
  const vendor = await Simulator.start();
  const [honest, stolen] = [vendor.key("server 1"), vendor.key("server 2")];
  vendor.assign("server", [honest, stolen], 1);
  await vendor.publishTrust();
  const [far, ours] = [
    await vendor.deploy({ version: "999.0.0" }),
    await vendor.deploy({ server: [honest] }),
  ];
  const client = vendor.client();
  client.verifyCatalog(await vendor.catalog([far], {}, [stolen]), byHttp);
  expect(client.verifyNotification(ours.notification).standing).toBe("new");
});

test("after an allowed downgrade the catalog may show the lower version", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const two = await vendor.deploy({ version: "2.0.0" });
  client.verifyNotification(two.notification);
  client.verifyCatalog(await vendor.catalog([two]), byHttp);
  vendor.pass(0.5);
  const later = client.at(vendor.now);
  const back = await vendor.deploy({ trigger: { allowDowngrade: ["2.0.0"] } });
  expect(later.verifyCatalog(await vendor.catalog([back]), byHttp).fallen).toHaveLength(1);
  later.verifyNotification(back.notification);
  expect(later.verifyCatalog(await vendor.catalog([back]), byHttp).fallen).toEqual([]);
});

test("what a notification proves of one package lowers no other", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const ours = await vendor.deploy({ version: "1.0.0" });
  const other = await vendor.deploy({ name: "demo-api", version: "2.0.0" });
  client.verifyCatalog(await vendor.catalog([ours, other]), byHttp);
  client.verifyNotification(ours.notification);
  const lower = await vendor.deploy({ name: "demo-api", version: "1.9.9" });
  expect(verdictOf(() => client.verifyNotification(lower.notification))).toBe("ROLLBACK");
});

test("recalls: a list that is not full may lose none; a full one its oldest, which stay remembered", async () => {
  const vendor = await Simulator.start();
  const digests = Array.from({ length: 10_001 }, (_, index) =>
    index.toString(16).padStart(64, "0"),
  );
  const client = vendor.client();
  client.verifyCatalog(await vendor.catalog([], { recalled: digests.slice(0, 9_999) }), byHttp);
  const shorter = await vendor.catalog([], { recalled: digests.slice(1, 10_000) });
  expect(verdictOf(() => client.verifyCatalog(shorter, byHttp))).toBe("ROLLBACK");
  client.verifyCatalog(await vendor.catalog([], { recalled: digests.slice(0, 10_000) }), byHttp);
  client.verifyCatalog(await vendor.catalog([], { recalled: digests.slice(1) }), byHttp);
  expect(client.memory.servers[0]?.catalog?.recalled).toHaveLength(10_001);
  expect(vendor.client({ memory: client.memory }).memory).toEqual(client.memory);
});

test("memory stays bounded when a stolen key shows ever new names; what is shown last is kept", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client();
  const name = (round: number, index: number): string => `p${round}-${index}`;
  for (let round = 0; round < 5; round++) {
    const current = Array.from({ length: 3_000 }, (_, index) => ({
      name: name(round, index),
      version: "1.0.0",
      releasedAt: vendor.now.toISOString(),
      manifest: "a".repeat(64),
      notification: "b".repeat(64),
      audience: { groups: ["tills"] },
    }));
    client.verifyCatalog(await vendor.catalog([], { current }), byHttp);
  }
  const packages = client.memory.servers[0]?.catalog?.packages ?? [];
  expect(packages).toHaveLength(10_000);
  expect(packages.at(-1)?.name).toBe(name(4, 2_999));
});
