/** THREATS N9: freeze. Old news are shown for ever, or none at all. */
import { expect, test } from "vitest";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";

const agent = { id: "till-7", groups: ["tills"] };

test("N9 past its expiry the same catalog is stale, however often it is shown; another transport's is taken", async () => {
  const vendor = await Simulator.start();
  const deployment = await vendor.deploy();
  const frozen = await vendor.catalog([deployment]);
  const client = vendor.client({ agent });
  expect(client.verifyCatalog(frozen, { transport: "unc" }).standing).toBe("new");
  vendor.pass(2);
  const later = client.at(vendor.now);
  for (let round = 0; round < 3; round++)
    expect(verdictOf(() => later.verifyCatalog(frozen, { transport: "unc" }))).toBe("STALE");
  const fresh = await vendor.catalog([deployment]);
  expect(later.verifyCatalog(fresh, { transport: "http" }).standing).toBe("new");
});

test("N9 silence is noticed without any message: the heartbeat has stopped", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client({ agent });
  expect(client.silentServers).toEqual([]);
  const catalog = await vendor.catalog([]);
  client.verifyCatalog(catalog, { transport: "unc" });
  expect(client.silentServers).toEqual([]);
  vendor.pass(2);
  const restarted = vendor.client({ agent, memory: client.memory, now: vendor.now });
  expect(restarted.silentServers).toEqual([
    {
      key: vendor.signers.server[0]!.trusted.fingerprint,
      expiredAt: JSON.parse(catalog.text).expiresAt,
      transport: "unc",
    },
  ]);
});

test("N9 a catalog for sticks, good for long, freezes no network: there it is stale from the first", async () => {
  const vendor = await Simulator.start();
  const deployment = await vendor.deploy();
  const client = vendor.client({ agent });
  client.verifyCatalog(await vendor.catalog([]), { transport: "unc" });
  const forSticks = await vendor.catalog([deployment], { medium: "stick", ...vendor.dates(30) });
  for (const transport of ["unc", "http", "email", "opportunistic"])
    expect(verdictOf(() => client.verifyCatalog(forSticks, { transport }))).toBe("STALE");
  expect(client.verifyCatalog(forSticks, { transport: "stick" }).current).toHaveLength(1);
  expect(client.verifyCatalog(await vendor.catalog([]), { transport: "unc" }).standing).toBe("new");
  vendor.pass(29);
  const later = client.at(vendor.now);
  expect(later.verifyCatalog(await vendor.catalog([]), { transport: "unc" }).standing).toBe("new");
});

test("N9 a stick that comes by does not hide that a network fell silent", async () => {
  const vendor = await Simulator.start();
  const client = vendor.client({ agent });
  const catalog = await vendor.catalog([]);
  client.verifyCatalog(catalog, { transport: "unc" });
  const stick = await vendor.catalog([], { medium: "stick", ...vendor.dates(30) });
  client.verifyCatalog(stick, { transport: "stick" });
  vendor.pass(2);
  expect(client.at(vendor.now).silentServers).toMatchObject([
    { expiredAt: JSON.parse(catalog.text).expiresAt, transport: "unc" },
  ]);
  // Where nothing but sticks ever comes, a stick is the heartbeat.
  const remote = vendor.client({ agent, now: vendor.now });
  remote.verifyCatalog(stick, { transport: "stick" });
  vendor.pass(20);
  expect(remote.at(vendor.now).silentServers).toEqual([]);
  vendor.pass(10);
  expect(remote.at(vendor.now).silentServers).toHaveLength(1);
});

test("N9 a stale catalog recalls all the same, and its sequence holds", async () => {
  const vendor = await Simulator.start();
  const { notification, trigger, manifest } = await vendor.deploy();
  const { package: release } = JSON.parse(trigger.text);
  const client = vendor.client({ agent });
  const recalling = await vendor.catalog([], { recalled: [release.manifest], sequence: 50 });
  const older = await vendor.catalog([], { sequence: 49, ...vendor.dates(30) });
  vendor.pass(2);
  const later = client.at(vendor.now);
  expect(verdictOf(() => later.verifyCatalog(recalling, { transport: "unc" }))).toBe("STALE");
  expect(verdictOf(() => later.verifyNotification(notification))).toBe("RECALLED");
  expect(verdictOf(() => later.verifyManifest(manifest))).toBe("RECALLED");
  expect(verdictOf(() => later.verifyCatalog(older, { transport: "http" }))).toBe("ROLLBACK");
});

test("N9 a clock turned back does not make old news fresh: what lies in the future is refused", async () => {
  const vendor = await Simulator.start();
  const before = new Date(vendor.now.getTime() - 6 * 60_000);
  const { notification } = await vendor.deploy();
  expect(verdictOf(() => vendor.client({ now: before }).verifyNotification(notification))).toBe(
    "NOT_YET_VALID",
  );
});

test("N9 dates in the future: five minutes of skew are allowed, a millisecond more is not", async () => {
  const vendor = await Simulator.start();
  const at = (ms: number): { issuedAt: string } => ({
    issuedAt: new Date(vendor.now.getTime() + ms).toISOString(),
  });
  const verdictAt = async (ms: number): Promise<string[]> => {
    const client = vendor.client();
    const inTrigger = await vendor.deploy({ trigger: at(ms) });
    const inNotification = await vendor.deploy({ name: "demo-api", notification: at(ms) });
    const inManifest = await vendor.deploy({
      name: "demo-db",
      manifest: { releasedAt: at(ms).issuedAt },
    });
    const control = await vendor.control("halt", at(ms));
    const catalog = await vendor.catalog([], at(ms));
    return [
      verdictOf(() => client.verifyNotification(inTrigger.notification)),
      verdictOf(() => client.verifyNotification(inNotification.notification)),
      verdictOf(() => client.verifyNotification(inManifest.notification)),
      verdictOf(() => client.verifyControl(control, { groups: ["tills"] })),
      verdictOf(() => client.verifyCatalog(catalog, { transport: "http" })),
    ];
  };
  expect(await verdictAt(300_000)).toEqual(Array(5).fill("accepted"));
  expect(await verdictAt(300_001)).toEqual(Array(5).fill("NOT_YET_VALID"));
});
