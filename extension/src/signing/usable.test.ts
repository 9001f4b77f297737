/** A key that could not sign is not offered. */
import { expect, test } from "vitest";
import { isUsable } from "./usable.ts";

const now = new Date("2026-11-22T12:00:00Z");
const key = {
  fingerprint: "A",
  userIds: ["Ada"],
  algorithm: "ed25519",
  createdAt: new Date("2026-01-01T00:00:00Z"),
  revoked: false,
  secret: "held",
} as const;

test.each([
  ["without an end", {}, true],
  ["that ends later", { expiresAt: new Date("2026-11-22T12:00:01Z") }, true],
  ["that ends now", { expiresAt: now }, false],
  ["that has ended", { expiresAt: new Date("2026-11-01T00:00:00Z") }, false],
  ["that is revoked", { revoked: true }, false],
])("a key %s", (_name, more, usable) => {
  expect(isUsable({ ...key, ...more }, now)).toBe(usable);
});
