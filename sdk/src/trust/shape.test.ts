import { expect, test } from "vitest";
import { testKeys } from "../../test/support/keys.ts";
import { aDay } from "../../test/support/simulator.ts";
import type { Trust } from "../schema/index.ts";
import { createTrust, grantRole } from "./build.ts";
import { checkTrustShape } from "./shape.ts";

const now = new Date("2026-11-22T12:00:00Z");
const { ada, bob } = testKeys(["ada", "bob"], { at: new Date(now.getTime() - aDay) });

function sound(): Trust {
  const both = { keys: [ada.trusted, bob.trusted], threshold: 2 };
  const trust = createTrust({ root: both, server: both }, { now, validDays: 30 });
  const released = grantRole(trust, { role: "release", packages: ["*"] }, both);
  return grantRole(released, { role: "push", groups: ["*"] }, both);
}

test("a sound document passes", () => {
  expect(() => checkTrustShape(sound())).not.toThrow();
});

const flaws: readonly [string, (trust: Trust) => void, pointer: string][] = [
  ["a key twice", ({ keys }) => keys.push({ ...keys[0]! }), "/keys/2"],
  ["another key's packet", ({ keys }) => void (keys[0]!.packet = bob.trusted.packet), "/keys/0"],
  [
    "the primary is somebody's subkey",
    ({ keys }) => void (keys[0]!.primary = subkeyOf(keys[1]!)),
    "/keys/0/primary",
  ],
  [
    "a root key that is not listed",
    ({ roles }) => roles.root.keys.push("C".repeat(40)),
    "/roles/root/keys/2",
  ],
  [
    "a root threshold out of reach",
    ({ roles }) => void (roles.root.threshold = 3),
    "/roles/root/threshold",
  ],
  [
    "a server threshold out of reach",
    ({ roles }) => void (roles.server.threshold = 3),
    "/roles/server/threshold",
  ],
  [
    "a release threshold out of reach",
    ({ roles }) => void (roles.release[0]!.threshold = 3),
    "/roles/release/0/threshold",
  ],
  [
    "a push threshold out of reach",
    ({ roles }) => void (roles.push[0]!.threshold = 3),
    "/roles/push/0/threshold",
  ],
  ["no time to live", (trust) => void (trust.expiresAt = trust.issuedAt), "/expiresAt"],
];

test.each(flaws)("%s is refused, with its place", (_, spoil, pointer) => {
  const trust = sound();
  spoil(trust);
  expect(() => checkTrustShape(trust)).toThrow(
    expect.objectContaining({ code: "DOCUMENT_INVALID", pointer }),
  );
});

test("the same key for one person twice, as primary and as subkey, is no other person", () => {
  const trust = sound();
  trust.keys[1]!.primary = ada.trusted.fingerprint;
  for (const role of [
    trust.roles.root,
    trust.roles.server,
    ...trust.roles.release,
    ...trust.roles.push,
  ])
    role.threshold = 1;
  expect(() => checkTrustShape(trust)).not.toThrow();
});

/** Makes the key a subkey of an unlisted primary, and names it. */
function subkeyOf(key: Trust["keys"][number]): string {
  key.primary = "D".repeat(40);
  return key.fingerprint;
}
