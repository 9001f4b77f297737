import { constants, createECDH, privateEncrypt, sign } from "node:crypto";
import { expect, test } from "vitest";
import { forgeKey, type ForgedKey, type ForgedKind } from "../../../test/support/forge.ts";
import { verifySignature } from "../verify.ts";
import { callbackKeySource, type DigestRequest } from "./callback.ts";

const bytes = Buffer.from("a manifest");
const clock = { now: () => new Date("2026-06-01T00:00:00Z") };

/** Signs a digest as an HSM does: without seeing what it is a digest of. */
function hardware(key: ForgedKey): (request: DigestRequest) => Promise<Uint8Array> {
  const { privateKey } = key;
  return async ({ digest, hash }) => {
    expect(hash).toBe("sha512");
    expect(digest).toHaveLength(64);
    if (key.algorithm === 22 || key.algorithm === 27) return sign(null, digest, privateKey);
    if (key.algorithm === 1) return signRsaDigest(key, digest);
    return signEcdsaDigest(key, digest);
  };
}

/** PKCS #1 v1.5 by hand: node:crypto would hash once more. */
function signRsaDigest({ privateKey }: ForgedKey, digest: Uint8Array): Buffer {
  const digestInfo = Buffer.from("3051300d060960864801650304020305000440", "hex");
  const padding = constants.RSA_PKCS1_PADDING;
  return privateEncrypt({ key: privateKey, padding }, Buffer.concat([digestInfo, digest]));
}

const orders = {
  nistp256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  nistp384:
    0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
};

/** ECDSA by hand, with OpenSSL for the point multiplication: node:crypto would hash once more. */
function signEcdsaDigest({ kind, privateKey }: ForgedKey, digest: Uint8Array): Buffer {
  const [order, curve, size] =
    kind === "nistp256"
      ? ([orders.nistp256, "prime256v1", 32] as const)
      : ([orders.nistp384, "secp384r1", 48] as const);
  const nonce = createECDH(curve);
  const point = nonce.generateKeys();
  const toNumber = (octets: Uint8Array): bigint =>
    BigInt(`0x${Buffer.from(octets).toString("hex")}`);
  const k = toNumber(nonce.getPrivateKey());
  const r = toNumber(point.subarray(1, 1 + size)) % order;
  const { d = "" } = privateKey.export({ format: "jwk" });
  const z = toNumber(digest.subarray(0, size));
  const s = (inverse(k, order) * (z + r * toNumber(Buffer.from(d, "base64url")))) % order;
  return Buffer.from([r, s].map((n) => n.toString(16).padStart(2 * size, "0")).join(""), "hex");
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return ((x % modulus) + modulus) % modulus;
}

test.for<ForgedKind>(["ed25519", "ed25519-27", "ed25519-v6", "nistp256", "nistp384", "rsa3072"])(
  "%s",
  async (kind) => {
    const key = forgeKey(kind);
    const source = callbackKeySource({ key: key.trusted, signDigest: hardware(key), clock });
    expect(source.fingerprint).toBe(key.fingerprint);
    const verified = verifySignature(bytes, await source.sign(bytes), [key.trusted], clock.now());
    expect(verified.createdAt).toEqual(clock.now());
  },
);

test("what does not verify never leaves", async () => {
  const key = forgeKey("ed25519");
  const stranger = forgeKey("ed25519");
  const failing = expect.objectContaining({ code: "KEY_SOURCE", subject: key.fingerprint });
  for (const signDigest of [
    hardware(stranger),
    async () => new Uint8Array(64),
    async () => new Uint8Array(63),
    async () => new Uint8Array(0),
    async () => {
      throw new Error("the token is not plugged in");
    },
  ]) {
    const source = callbackKeySource({ key: key.trusted, signDigest, clock });
    await expect(source.sign(bytes)).rejects.toEqual(failing);
  }
});

test("the signal reaches the callback", async () => {
  const key = forgeKey("ed25519");
  const controller = new AbortController();
  const source = callbackKeySource({
    key: key.trusted,
    clock,
    signDigest: ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener("abort", () => reject(new Error("stopped")));
      }),
  });
  const signing = source.sign(bytes, { signal: controller.signal });
  controller.abort();
  await expect(signing).rejects.toMatchObject({ code: "CANCELLED" });
});

test("a key that the verifier does not accept cannot be used", () => {
  const key = forgeKey("rsa2048");
  expect(() => callbackKeySource({ key: key.trusted, signDigest: hardware(key) })).toThrow(
    expect.objectContaining({ code: "KEY_REFUSED" }),
  );
});
