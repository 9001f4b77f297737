/**
 * TUF's conformance suite, `test_updater_key_rotations.py`, by its names: keys, threshold, signatures of each version.
 * The last version is the one that may fail.
 */
import { expect, test } from "vitest";
import { TrustSet } from "../../src/trust/index.ts";
import type { TestKey } from "../support/keys.ts";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";

type Version = readonly [keys: readonly number[], threshold: number, signers: readonly number[]];

const five = [0, 1, 2, 3, 4];

const rootRotations: Readonly<Record<string, readonly Version[]>> = {
  "1-of-1-key-rotation": [
    [[1], 1, [1]],
    [[2], 1, [2, 1]],
    [[2], 1, [2]],
  ],
  "1-of-1-key-rotation-unused-signatures": [
    [[1], 1, [3, 1, 4]],
    [[2], 1, [3, 2, 1, 4]],
    [[2], 1, [3, 2, 4]],
  ],
  "3-of-5-sign-with-different-keycombos": [
    [five, 3, [0, 2, 4]],
    [five, 3, [0, 4, 1]],
    [five, 3, [0, 1, 3]],
    [five, 3, [0, 1, 3]],
  ],
  "3-of-5-one-key-rotated": [
    [five, 3, [0, 2, 4]],
    [[0, 1, 3, 4, 5], 3, [0, 4, 1]],
  ],
  "3-of-5-one-key-rotated-with-intermediate-step": [
    [five, 3, [0, 2, 4]],
    [[0, 1, 3, 4, 5], 3, [0, 2, 4, 5]],
    [[0, 1, 3, 4, 5], 3, [0, 4, 5]],
  ],
  "3-of-5-all-keys-rotated-with-intermediate-step": [
    [five, 3, [0, 2, 4]],
    [[5, 6, 7, 8, 9], 3, [0, 2, 4, 5, 6, 7]],
    [[5, 6, 7, 8, 9], 3, [5, 6, 7]],
  ],
  "1-of-3-threshold-increase-to-2-of-3": [
    [[1, 2, 3], 1, [1]],
    [[1, 2, 3], 2, [1, 2]],
  ],
  "2-of-3-threshold-decrease-to-1-of-3": [
    [[1, 2, 3], 2, [1, 2]],
    [[1, 2, 3], 1, [1, 2]],
    [[1, 2, 3], 1, [1]],
  ],
  "1-of-2-threshold-increase-to-2-of-2": [
    [[1], 1, [1]],
    [[1, 2], 2, [1, 2]],
  ],
  "1-of-1-key-rotation-fail-not-signed-with-old-key": [
    [[1], 1, [1]],
    [[2], 1, [2, 3, 4]],
  ],
  "1-of-1-key-rotation-fail-not-signed-with-new-key": [
    [[1], 1, [1]],
    [[2], 1, [1, 3, 4]],
  ],
  "3-of-5-one-key-rotate-fails-not-signed-with-3-new-keys": [
    [five, 3, [0, 2, 4]],
    [[0, 1, 3, 4, 5], 3, [0, 2, 4]],
  ],
  "3-of-5-one-key-rotate-fails-not-signed-with-3-old-keys": [
    [five, 3, [0, 2, 4]],
    [[0, 1, 3, 4, 5], 3, [0, 4, 5]],
  ],
  "1-of-3-threshold-bump-to-2-of-3-fails-new-threshold-not-reached": [
    [[1, 2, 3], 1, [1]],
    [[1, 2, 3], 2, [2]],
  ],
  "2-of-3-threshold-decr-to-1-of-3-fails-old-threshold-not-eached": [
    [[1, 2, 3], 2, [1, 2]],
    [[1, 2, 3], 1, [1]],
  ],
};

test.each(Object.entries(rootRotations))("test_root_rotation: %s", async (name, versions) => {
  const vendor = await Simulator.start();
  const keys = makeKeys(vendor);
  vendor.published.length = 0;
  vendor.trust.version = 0;
  for (const [members, threshold, signers] of versions) {
    vendor.assign("root", pick(keys, members), threshold);
    await vendor.publishTrust(pick(keys, signers));
  }
  const [first, ...later] = vendor.published;
  const client = TrustSet.open(first!, { now: vendor.now });
  const verdicts = later.map((next) => verdictOf(() => client.update(next)));
  expect(verdicts.slice(0, -1).every((verdict) => verdict === "accepted")).toBe(true);
  const isGood = !name.includes("fail");
  expect(verdicts.at(-1) === "accepted").toBe(isGood);
  expect(client.sealed).toBe(vendor.published.at(isGood ? -1 : -2));
});

const otherRotations: Readonly<Record<string, Version>> = {
  "1-of-1-key-rotation": [[2], 1, [2]],
  "1-of-1-key-rotation-unused-signatures": [[1], 1, [3, 1, 4]],
  "1-of-1-key-rotation-fail-not-signed-with-new-key": [[2], 1, [1, 3, 4]],
  "3-of-5-one-key-signature-wrong-not-signed-with-3-expected-keys": [[0, 1, 3, 4, 5], 3, [0, 2, 4]],
  "2-of-5-one-key-signature-mising-threshold-not-reached": [[0, 1, 3, 4, 5], 3, [0, 4]],
  "3-of-5-sign-first-combo": [five, 3, [0, 2, 4]],
  "3-of-5-sign-second-combo": [five, 3, [0, 4, 1]],
  "3-of-5-sign-third-combo": [five, 3, [0, 1, 3]],
  "3-of-5-sign-fourth-combo": [five, 3, [1, 2, 3]],
  "3-of-5-sign-fifth-combo": [five, 3, [2, 3, 4]],
};

const cases = Object.entries(otherRotations).flatMap(([name, version]) =>
  (["server", "release", "push"] as const).map((role) => ({ name, role, version })),
);

test.each(cases)("test_non_root_rotations: $role, $name", async ({ name, role, version }) => {
  const vendor = await Simulator.start();
  const keys = makeKeys(vendor);
  const [members, threshold, signers] = version;
  vendor.assign(role, pick(keys, members), threshold);
  await vendor.publishTrust();
  const { notification } = await vendor.deploy({ [role]: pick(keys, signers) });
  const isBad = /fail|wrong|mising/.test(name);
  const verdict = verdictOf(() => vendor.client().verifyNotification(notification));
  expect(verdict === "accepted").toBe(!isBad);
});

function makeKeys(vendor: Simulator): TestKey[] {
  return Array.from({ length: 10 }, (_, index) => vendor.key(`key ${index}`));
}

function pick(keys: readonly TestKey[], indices: readonly number[]): TestKey[] {
  return indices.map((index) => keys[index]!);
}
