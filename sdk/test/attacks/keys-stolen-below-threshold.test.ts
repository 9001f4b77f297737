/** THREATS K1: whoever steals fewer keys than every role takes can install nothing, in whatever combination. */
import { expect, test } from "vitest";
import type { SealedDocument } from "../../src/messages/index.ts";
import type { TestKey } from "../support/keys.ts";
import { verdictOf } from "../support/refusal.ts";
import { seal, Simulator } from "../support/simulator.ts";

const roles = { root: 3, release: 2, push: 2, server: 1 } as const;
type RoleName = keyof typeof roles;

/** Root 3 of 5, release 2 of 3, push 2 of 2, server 1 of 2. */
async function organization(): Promise<{
  vendor: Simulator;
  keys: Readonly<Record<RoleName, TestKey[]>>;
}> {
  const vendor = await Simulator.start();
  const sizes: Readonly<Record<RoleName, number>> = { root: 5, release: 3, push: 2, server: 2 };
  const keys = Object.fromEntries(
    Object.entries(sizes).map(([role, size]) => [
      role,
      Array.from({ length: size }, (_, index) => vendor.key(`${role} ${index}`)),
    ]),
  ) as Record<RoleName, TestKey[]>;
  vendor.published.length = 0;
  vendor.trust.version = 0;
  vendor.trust.keys = [];
  for (const [role, threshold] of Object.entries(roles))
    vendor.assign(role as RoleName, keys[role as RoleName], threshold);
  await vendor.publishTrust();
  return { vendor, keys };
}

/** The attacker signs with all that he holds; who signed what is decided by leaving signatures out. */
function only<T extends SealedDocument>(sealed: T, held: readonly boolean[]): T {
  return { ...sealed, signatures: sealed.signatures.filter((_, index) => held[index]) };
}

test("K1 all 128 subsets of release, push and server keys: installed only where every threshold is met", async () => {
  const { vendor, keys } = await organization();
  const ring = [...keys.release, ...keys.push, ...keys.server];
  const manifest = await seal("manifest/1", vendor.manifest("demo-app", "6.6.6"), ring);
  const trigger = await seal("trigger/1", vendor.trigger(manifest), ring);
  let installed = 0;
  for (let subset = 1; subset < 2 ** ring.length; subset++) {
    const held = ring.map((_, index) => (subset & (1 << index)) !== 0);
    const isEnough = count(held, 0, 3) >= 2 && count(held, 3, 5) >= 2 && count(held, 5, 7) >= 1;
    const notification = await seal(
      "notification/1",
      vendor.notification(only(trigger, held), only(manifest, held)),
      ring.filter((_, index) => held[index]),
    );
    const verdict = verdictOf(() => vendor.client().verifyNotification(notification));
    expect([held, verdict === "accepted"]).toEqual([held, isEnough]);
    if (verdict === "accepted") installed++;
  }
  expect(installed).toBe(4 * 1 * 3);
});

test("K1 all 32 subsets of five root keys: a new trust document that gives everything away takes three", async () => {
  const { vendor, keys } = await organization();
  const thief = vendor.key("thief");
  const { root } = vendor.trust.roles;
  for (const role of ["release", "push", "server"] as const) vendor.assign(role, [thief]);
  vendor.trust.roles.root = root;
  const forged = await vendor.publishTrust(keys.root);
  for (let subset = 0; subset < 32; subset++) {
    const held = keys.root.map((_, index) => (subset & (1 << index)) !== 0);
    const client = vendor.client({ to: 1 });
    const verdict = verdictOf(() => client.update(only(forged, held)));
    expect([held, verdict === "accepted"]).toEqual([held, count(held, 0, 5) >= 3]);
  }
});

test("K1 every key alone, in a role that is not its own, signs nothing", async () => {
  const { vendor, keys } = await organization();
  const others = [...keys.root, ...keys.release, ...keys.push];
  for (const key of others) {
    const catalog = await vendor.catalog([], {}, [key]);
    expect(verdictOf(() => vendor.client().verifyCatalog(catalog, { transport: "http" }))).toBe(
      "KEY_ROLE",
    );
  }
  for (const key of [...keys.root, ...keys.release, ...keys.server]) {
    const control = await vendor.control("recall", { manifest: "a".repeat(64) }, [key]);
    expect(verdictOf(() => vendor.client().verifyControl(control, { groups: ["tills"] }))).toBe(
      "KEY_ROLE",
    );
  }
});

test("K1 an agent's receipt is worth nothing from another agent's key, nor from the vendor's", async () => {
  const { vendor, keys } = await organization();
  const [till7, till8] = [vendor.key("till-7"), vendor.key("till-8")];
  const receipt = {
    type: "receipt/1",
    agent: "till-7",
    counter: 1,
    issuedAt: vendor.now.toISOString(),
    deployment: "00000000-0000-4000-8000-000000000000",
    notification: "00000000-0000-4000-8000-000000000000",
    package: { name: "demo-app", version: "1.0.0", manifest: "a".repeat(64) },
    outcome: "installed",
    installed: {},
  } as const;
  const client = vendor.client();
  const own = await seal("receipt/1", receipt, [till7]);
  const others = await seal("receipt/1", receipt, [till8]);
  const vendors = await seal("receipt/1", receipt, [keys.root[0]!]);
  expect([
    verdictOf(() => client.verifyReceipt(own, till7.trusted)),
    verdictOf(() => client.verifyReceipt(others, till7.trusted)),
    verdictOf(() => client.verifyReceipt(others, till8.trusted)),
    verdictOf(() => client.verifyReceipt(vendors, till7.trusted)),
  ]).toEqual(["accepted", "KEY_UNKNOWN", "KEY_ROLE", "KEY_UNKNOWN"]);
});

function count(held: readonly boolean[], from: number, to: number): number {
  return held.slice(from, to).filter(Boolean).length;
}
