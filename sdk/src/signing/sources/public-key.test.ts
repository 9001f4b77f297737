import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { forgeKey, type ForgedKind } from "../../../test/support/forge.ts";
import { verifySignature } from "../verify.ts";
import { callbackKeySource } from "./callback.ts";
import { describePublicKey } from "./public-key.ts";

const createdAt = new Date("2026-01-01T00:00:00Z");
const options = { owner: "Release service", createdAt, notAfter: new Date("2028-01-01T00:00:00Z") };

test.for<ForgedKind>(["ed25519", "nistp256", "nistp384", "rsa3072"])(
  "%s is written as OpenPGP writes it",
  (kind) => {
    const key = forgeKey(kind, { createdAt });
    expect(describePublicKey(createPublicKey(key.privateKey), options)).toEqual({
      fingerprint: key.fingerprint,
      primary: key.fingerprint,
      owner: "Release service",
      notAfter: "2028-01-01T00:00:00.000Z",
      packet: key.trusted.packet,
    });
  },
);

test("what a key service signs holds under the key that was described", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = describePublicKey(publicKey, options);
  const now = new Date("2026-06-01T00:00:00Z");
  const source = callbackKeySource({
    key,
    signDigest: async ({ digest }) => sign(null, digest, privateKey),
    clock: { now: () => now },
  });
  const bytes = Buffer.from("a manifest");
  expect(verifySignature(bytes, await source.sign(bytes), [key], now).key).toBe(key);
});

test.for([
  ["RSA of 2048 bits", generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey],
  ["P-521", generateKeyPairSync("ec", { namedCurve: "P-521" }).publicKey],
  ["a curve without a name in JWK", generateKeyPairSync("ed448").publicKey],
  ["a secret key", generateKeyPairSync("ed25519").privateKey],
] as const)("%s is refused", ([, key]) => {
  expect(() => describePublicKey(key, options)).toThrow(
    expect.objectContaining({ code: "KEY_REFUSED" }),
  );
});

test("an owner whose name deceives the eye is refused", () => {
  const { publicKey } = generateKeyPairSync("ed25519");
  for (const owner of ["", "Ada\u202e"])
    expect(() => describePublicKey(publicKey, { ...options, owner })).toThrow(/owner's name/);
});
