/** THREATS N12: chosen machines are shown something else than all others (ShadowHammer, Notepad++). */
import { expect, test } from "vitest";
import { verdictOf } from "../support/refusal.ts";
import { Simulator, type Deployment } from "../support/simulator.ts";

const agent = { id: "till-7", groups: ["tills"] };

/** The same name and version, signed by stolen release and push keys, with other contents. */
async function twins(vendor: Simulator): Promise<[honest: Deployment, evil: Deployment]> {
  return [
    await vendor.deploy(),
    await vendor.deploy({ manifest: { description: "for chosen hosts" } }),
  ];
}

test("N12 one release has one manifest: another one for this machine is refused, whichever came first", async () => {
  const vendor = await Simulator.start();
  const [honest, evil] = await twins(vendor);
  const client = vendor.client({ agent });
  client.verifyNotification(honest.notification);
  expect(verdictOf(() => client.verifyNotification(evil.notification))).toBe("EQUIVOCATION");
  const later = await vendor.announce(honest);
  const other = vendor.client({ agent });
  other.verifyNotification(evil.notification);
  expect(verdictOf(() => other.verifyNotification(later))).toBe("EQUIVOCATION");
});

test("N12 a mail that disagrees with the catalog that everybody reads is refused", async () => {
  const vendor = await Simulator.start();
  const [honest, evil] = await twins(vendor);
  const client = vendor.client({ agent });
  client.verifyCatalog(await vendor.catalog([honest]), { transport: "unc" });
  expect(verdictOf(() => client.verifyNotification(evil.notification))).toBe("EQUIVOCATION");
});

test("N12 and a catalog that disagrees with a mail", async () => {
  const vendor = await Simulator.start();
  const [honest, evil] = await twins(vendor);
  const client = vendor.client({ agent });
  client.verifyNotification(evil.notification);
  const catalog = await vendor.catalog([honest]);
  expect(verdictOf(() => client.verifyCatalog(catalog, { transport: "unc" }))).toBe("EQUIVOCATION");
});

test("N12 one catalog may not show two audiences two manifests of one release", async () => {
  const vendor = await Simulator.start();
  const honest = await vendor.deploy();
  const evil = await vendor.deploy({
    manifest: { description: "for chosen hosts" },
    trigger: { audience: { groups: ["chosen"] } },
  });
  const catalog = await vendor.catalog([honest, evil]);
  expect(
    verdictOf(() => vendor.client({ agent }).verifyCatalog(catalog, { transport: "unc" })),
  ).toBe("EQUIVOCATION");
});

test("N12 two transports that show different catalogs of one sequence: alarm, naming both", async () => {
  const vendor = await Simulator.start();
  const [honest, evil] = [await vendor.deploy(), await vendor.deploy({ name: "demo-api" })];
  const [forAll, forUs] = [
    await vendor.catalog([honest], { sequence: 9 }),
    await vendor.catalog([honest, evil], { sequence: 9 }),
  ];
  const client = vendor.client({ agent });
  client.verifyCatalog(forAll, { transport: "http" });
  expect(client.verifyCatalog(forAll, { transport: "unc" }).standing).toBe("known");
  expect(() => client.verifyCatalog(forUs, { transport: "unc" })).toThrow(
    expect.objectContaining({
      code: "EQUIVOCATION",
      message: expect.stringMatching(/by http and another by unc/),
    }),
  );
});

test("N12 two notifications of one sequence: the server's key is used twice", async () => {
  const vendor = await Simulator.start();
  const deployment = await vendor.deploy({ sequence: 9 });
  const twin = await vendor.announce(deployment, { sequence: 9 });
  const client = vendor.client({ agent });
  client.verifyNotification(deployment.notification);
  expect(verdictOf(() => client.verifyNotification(twin))).toBe("EQUIVOCATION");
});
