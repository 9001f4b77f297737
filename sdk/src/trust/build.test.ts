import { expect, test } from "vitest";
import { testKeys } from "../../test/support/keys.ts";
import { verdictOf } from "../../test/support/refusal.ts";
import { aDay, sealAs } from "../../test/support/simulator.ts";
import type { Trust } from "../schema/index.ts";
import {
  addKey,
  createTrust,
  grantRole,
  namedRoles,
  nextTrust,
  removeKey,
  revokeManifest,
  writeTrust,
} from "./build.ts";
import { TrustSet } from "./set.ts";

const now = new Date("2026-11-22T12:00:00Z");
const validity = { now, validDays: 365 };
const at = new Date(now.getTime() - aDay);
const { ada, bob, eve, machine } = testKeys(["ada", "bob", "eve", "machine"], { at });

function first(): Trust {
  return createTrust(
    {
      root: { keys: [ada.trusted, bob.trusted], threshold: 2 },
      server: { keys: [machine.trusted], threshold: 1 },
    },
    validity,
  );
}

test("from nothing to a document that a TrustSet opens, and on to the next version", async () => {
  let draft = first();
  draft = grantRole(
    draft,
    { role: "release", packages: ["*"] },
    { keys: [ada.trusted, bob.trusted], threshold: 2 },
  );
  draft = grantRole(draft, { role: "push", groups: ["*"] }, { keys: [bob.trusted], threshold: 1 });
  const text = writeTrust(draft);
  expect(text.split("\n").length).toBeGreaterThan(20); // a member a line: people compare it
  const sealed = await sealAs("trust/1", text, [ada, bob]);
  const trust = TrustSet.open(sealed, { now });
  expect(trust.document.expiresAt).toBe("2027-11-22T12:00:00.000Z");

  const next = addKey(nextTrust(draft, { now, validDays: 30 }), eve.trusted);
  expect(next.version).toBe(2);
  expect(trust.update(await sealAs("trust/1", writeTrust(next), [ada, bob]))).toBe("applied");
  expect(trust.document.keys).toHaveLength(4);
});

test("edits leave the draft that they were made from as it was", () => {
  const draft = first();
  const before = structuredClone(draft);
  grantRole(draft, { role: "push", groups: ["*"] }, { keys: [eve.trusted], threshold: 1 });
  addKey(draft, { ...ada.trusted, owner: "Ada L." });
  grantRole(draft, { role: "root" }, { keys: [eve.trusted], threshold: 1 });
  removeKey(
    grantRole(draft, { role: "root" }, { keys: [ada.trusted], threshold: 1 }),
    bob.trusted.fingerprint,
  );
  revokeManifest(draft, "a".repeat(64));
  nextTrust(draft, validity);
  expect(draft).toEqual(before);
});

test("a key that is added again is renewed, not doubled", () => {
  const renewed = addKey(first(), { ...ada.trusted, owner: "Ada L." });
  expect(renewed.keys.map(({ owner }) => owner)).toEqual(["Ada L.", "bob", "machine"]);
});

test("a new entry goes before the one that would hide it; the same patterns are replaced in place", () => {
  const grant = (draft: Trust, packages: string[]): Trust =>
    grantRole(draft, { role: "release", packages }, { keys: [ada.trusted], threshold: 1 });
  const patternsOf = (draft: Trust): string[][] =>
    draft.roles.release.map(({ packages }) => packages);
  let draft = grant(grant(grant(first(), ["*"]), ["till-*", "kiosk"]), ["till-printer"]);
  expect(patternsOf(draft)).toEqual([["till-printer"], ["till-*", "kiosk"], ["*"]]);
  draft = grantRole(
    draft,
    { role: "release", packages: ["kiosk", "till-*"] },
    { keys: [bob.trusted], threshold: 1 },
  );
  expect(patternsOf(draft)).toEqual([["till-printer"], ["kiosk", "till-*"], ["*"]]);
  expect(draft.roles.release[1]?.keys).toEqual([bob.trusted.fingerprint]);
  expect(patternsOf(grant(draft, ["web"]))).toEqual([
    ["till-printer"],
    ["kiosk", "till-*"],
    ["web"],
    ["*"],
  ]);
});

test("a key that a role needs cannot be taken out: its names would fall to the next entry", () => {
  let draft = grantRole(
    first(),
    { role: "push", groups: ["prod-*"] },
    { keys: [ada.trusted], threshold: 1 },
  );
  draft = grantRole(draft, { role: "push", groups: ["*"] }, { keys: [eve.trusted], threshold: 1 });
  expect(() => removeKey(draft, ada.trusted.fingerprint)).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/role root/),
    }),
  );
  const rootWithoutAda = grantRole(draft, { role: "root" }, { keys: [bob.trusted], threshold: 1 });
  expect(() => removeKey(rootWithoutAda, ada.trusted.fingerprint)).toThrow(/push to prod-\*/);
  const free = grantRole(
    rootWithoutAda,
    { role: "push", groups: ["prod-*"] },
    { keys: [bob.trusted], threshold: 1 },
  );
  const without = removeKey(free, ada.trusted.fingerprint, { revoke: true });
  expect(without.keys.map(({ owner }) => owner)).not.toContain("ada");
  expect(without.revoked?.keys).toEqual([ada.trusted.fingerprint]);
  expect(verdictOf(() => removeKey(without, ada.trusted.fingerprint))).toBe("KEY_UNKNOWN");
  expect(verdictOf(() => writeTrust(without))).toBe("accepted");
});

test("a key can be taken out as long as the threshold can be reached", () => {
  const three = grantRole(
    first(),
    { role: "root" },
    { keys: [ada.trusted, bob.trusted, eve.trusted], threshold: 2 },
  );
  const two = removeKey(three, eve.trusted.fingerprint);
  expect(two.roles.root.keys).toEqual([ada.trusted.fingerprint, bob.trusted.fingerprint]);
  expect(two.revoked).toBeUndefined();
  // Another role that is not finished yet does not stand in the way.
  const unfinished = grantRole(
    three,
    { role: "push", groups: ["*"] },
    { keys: [ada.trusted], threshold: 2 },
  );
  expect(verdictOf(() => removeKey(unfinished, eve.trusted.fingerprint))).toBe("accepted");
});

test("entries that share some patterns are two entries; one hidden pattern is enough to go before", () => {
  const keys = { keys: [ada.trusted], threshold: 1 };
  let draft = grantRole(first(), { role: "push", groups: ["a", "b"] }, keys);
  draft = grantRole(draft, { role: "push", groups: ["c", "b"] }, keys);
  expect(draft.roles.push.map(({ groups }) => groups)).toEqual([
    ["c", "b"],
    ["a", "b"],
  ]);
});

test("revoked manifests and keys are named once", () => {
  const draft = revokeManifest(revokeManifest(first(), "a".repeat(64)), "a".repeat(64));
  expect(draft.revoked).toEqual({ manifests: ["a".repeat(64)] });
});

test("an unfinished or contradictory draft does not become a text", () => {
  const unreachable = grantRole(
    first(),
    { role: "push", groups: ["*"] },
    { keys: [bob.trusted], threshold: 2 },
  );
  expect(verdictOf(() => writeTrust(unreachable))).toBe("DOCUMENT_INVALID");
  const expired = nextTrust(first(), { now, validDays: 0 });
  expect(verdictOf(() => writeTrust(expired))).toBe("DOCUMENT_INVALID");
  const badPattern = grantRole(
    first(),
    { role: "push", groups: ["a b"] },
    { keys: [bob.trusted], threshold: 1 },
  );
  expect(verdictOf(() => writeTrust(badPattern))).toBe("DOCUMENT_INVALID");
});

test("a document must not outlive the root keys that its successor takes", () => {
  const shortlived = {
    ...bob.trusted,
    notAfter: new Date(now.getTime() + 100 * aDay).toISOString(),
  };
  expect(verdictOf(() => writeTrust(addKey(first(), shortlived)))).toBe("CONFIG_INVALID");
  const shorter = addKey(nextTrust(first(), { now, validDays: 100 }), shortlived);
  expect(verdictOf(() => writeTrust(shorter))).toBe("accepted");
});

test("every role is named for people", () => {
  const draft = grantRole(
    first(),
    { role: "push", groups: ["a", "b"] },
    { keys: [bob.trusted], threshold: 1 },
  );
  expect(namedRoles(draft).map(([name]) => name)).toEqual(["root", "server", "push to a, b"]);
});
