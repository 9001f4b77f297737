import { describe, expect, test } from "vitest";
import { verifySignature } from "../verify.ts";
import { describeKeys, exportKeys } from "./describe.ts";
import { generateKey, type KeyAlgorithm } from "./generate.ts";
import { judgeCertificate } from "./judge.ts";
import { openSecretKey } from "./open.ts";

const userId = { name: "Release Engineer", email: "release@vendor.example" };
const bytes = Buffer.from("a manifest\r\n");

describe("a new key", () => {
  test.for<[KeyAlgorithm, string]>([
    ["ed25519", "eddsaLegacy ed25519Legacy"],
    ["ed25519-v6", "ed25519"],
    ["nistp256", "ecdsa nistP256"],
    ["nistp384", "ecdsa nistP384"],
    ["rsa3072", "rsaEncryptSign 3072"],
  ])("of kind %s signs what the verifier accepts", async ([algorithm, description]) => {
    const made = await generateKey({ userId, algorithm });
    const trusted = await judgeCertificate(made.publicKey, new Date());
    const source = await openSecretKey({ armored: made.secretKey });
    expect(source.fingerprint).toBe(made.fingerprint);
    const armored = await source.sign(bytes);
    expect(verifySignature(bytes, armored, trusted, new Date()).key.owner).toBe(
      "Release Engineer <release@vendor.example>",
    );
    expect(await describeKeys(made.publicKey)).toMatchObject([{ algorithm: description }]);
  });

  test("ends in three years, or when it is told to", async () => {
    const createdAt = new Date("2026-01-01T00:00:00Z");
    const endOf = async (armored: string): Promise<string | undefined> =>
      (await describeKeys(armored))[0]?.expiresAt?.toISOString();
    const usual = await generateKey({ userId, createdAt });
    expect(await endOf(usual.publicKey)).toBe("2028-12-31T00:00:00.000Z");
    const expires = new Date("2026-03-01T00:00:00Z");
    expect(await endOf((await generateKey({ userId, createdAt, expires })).publicKey)).toBe(
      "2026-03-01T00:00:00.000Z",
    );
    await expect(generateKey({ userId, expires: createdAt })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });

  test("needs a name that makes a user id", async () => {
    const refused = { code: "CONFIG_INVALID" };
    for (const bad of [{ name: "x", email: "not an address" }, { name: "a\nb" }])
      await expect(generateKey({ userId: bad })).rejects.toMatchObject(refused);
  });

  test("its revocation certificate, once merged, makes it refused", async () => {
    const { readKey, revokeKey } = await import("openpgp");
    const made = await generateKey({ userId });
    const key = await readKey({ armoredKey: made.publicKey });
    const { revocationCertificate } = made;
    const revoked = await revokeKey({ key: key.toPublic(), revocationCertificate });
    expect(await describeKeys(revoked.publicKey)).toMatchObject([{ revoked: true }]);
    await expect(judgeCertificate(revoked.publicKey, new Date())).rejects.toThrow(/revoked/);
  });
});

describe("opening a secret key", () => {
  test("takes the passphrase, and only the right one", async () => {
    const made = await generateKey({ userId, passphrase: "correct horse" });
    const armored = made.secretKey;
    const source = await openSecretKey({ armored, passphrase: "correct horse" });
    const trusted = await judgeCertificate(made.publicKey, new Date());
    verifySignature(bytes, await source.sign(bytes), trusted, new Date());
    const refused = { code: "KEY_PASSPHRASE", subject: "release.secret.asc" };
    const subject = "release.secret.asc";
    await expect(openSecretKey({ armored, subject })).rejects.toMatchObject(refused);
    await expect(openSecretKey({ armored, subject, passphrase: "battery" })).rejects.toMatchObject(
      refused,
    );
  });

  test("asks for the passphrase only where there is a lock", async () => {
    let asked = 0;
    const passphrase = async (): Promise<string> => {
      asked++;
      return "secret";
    };
    const open = await generateKey({ userId });
    await openSecretKey({ armored: open.secretKey, passphrase });
    expect(asked).toBe(0);
    const locked = await generateKey({ userId, passphrase: "secret" });
    await openSecretKey({ armored: locked.secretKey, passphrase });
    expect(asked).toBe(1);
  });

  test("refuses what is no single secret key that may sign", async () => {
    const made = await generateKey({ userId });
    const missing = { code: "KEY_MISSING" };
    await expect(openSecretKey({ armored: "rubbish" })).rejects.toMatchObject(missing);
    await expect(openSecretKey({ armored: made.publicKey })).rejects.toMatchObject(missing);
    const ended = await generateKey({
      userId,
      createdAt: new Date("2020-01-01"),
      expires: new Date("2021-01-01"),
    });
    await expect(openSecretKey({ armored: ended.secretKey })).rejects.toMatchObject({
      code: "KEY_REFUSED",
    });
  });

  test("a signature that is no longer wanted is not made", async () => {
    const source = await openSecretKey({ armored: (await generateKey({ userId })).secretKey });
    await expect(source.sign(bytes, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "CANCELLED",
    });
  });
});

describe("taking key files apart", () => {
  test("the certificate never holds the secret; the secret stays as locked as it was", async () => {
    const made = await generateKey({ userId, passphrase: "x" });
    const [key] = await exportKeys(made.secretKey);
    expect(key).toMatchObject({ fingerprint: made.fingerprint, secret: "locked", revoked: false });
    expect(key!.publicKey).toContain("BEGIN PGP PUBLIC KEY BLOCK");
    const [again] = await exportKeys(key!.publicKey);
    expect(again).toMatchObject({ fingerprint: made.fingerprint, secret: "none" });
    expect(again).not.toHaveProperty("secretKey");
    await openSecretKey({ armored: key!.secretKey!, passphrase: "x" });
    const open = await generateKey({ userId });
    expect(await describeKeys(open.secretKey)).toMatchObject([
      { secret: "open", userIds: ["Release Engineer <release@vendor.example>"] },
    ]);
  });

  test("what is no key is said to be none", async () => {
    for (const text of ["", "rubbish", "x".repeat(1_048_577)])
      await expect(describeKeys(text, "y.asc")).rejects.toMatchObject({
        code: "KEY_MISSING",
        subject: "y.asc",
      });
  });
});
