import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import {
  forgeCertificate,
  type ForgedCertificateOptions,
  type ForgedSubkey,
} from "../../../test/support/forge-certificate.ts";
import {
  forgeKey,
  forgeSignature,
  forgeArmor,
  type ForgedKind,
} from "../../../test/support/forge.ts";
import { verifySignature } from "../verify.ts";
import { generateKey } from "./generate.ts";
import { judgeCertificate } from "./judge.ts";

const now = new Date("2026-06-01T00:00:00Z");
const day = 86_400;
const key = forgeKey("ed25519");
const subkey = forgeKey("nistp256");
const rsa2048 = forgeKey("rsa2048");

async function refusalOf(certificate: Promise<string> | string, at = now): Promise<string> {
  const error = await judgeCertificate(await certificate, at, { subject: "x.asc" }).then(
    (keys) => expect.fail(`accepted ${JSON.stringify(keys)}`),
    (error: unknown) => error,
  );
  expect(error).toMatchObject({ code: "KEY_REFUSED", subject: "x.asc" });
  return (error as Error).message;
}

describe("what is accepted", () => {
  test.for<ForgedKind>(["ed25519", "ed25519-27", "nistp256", "nistp384", "rsa3072"])(
    "%s",
    async (kind) => {
      const signer = forgeKey(kind);
      const keys = await judgeCertificate(forgeCertificate(signer, { expires: 300 * day }), now);
      expect(keys).toEqual([
        {
          ...signer.trusted,
          owner: "Somebody <somebody@example.org>",
          notAfter: "2026-10-28T00:00:00.000Z",
        },
      ]);
      const bytes = Buffer.from("x");
      const armored = forgeArmor(forgeSignature(bytes, signer, { createdAt: now }));
      expect(verifySignature(bytes, armored, keys, now).key).toBe(keys[0]);
    },
  );

  test("version 6, as OpenPGP.js makes it", async () => {
    const made = await generateKey({ userId: { name: "Six" }, algorithm: "ed25519-v6" });
    const keys = await judgeCertificate(made.publicKey, new Date());
    expect(keys).toMatchObject([{ fingerprint: made.fingerprint, owner: "Six" }]);
  });

  test("a signing subkey beside its primary, and alone", async () => {
    const both = await judgeCertificate(forgeCertificate(key, { subkeys: [{ key: subkey }] }), now);
    expect(both.map((each) => [each.fingerprint, each.primary])).toEqual([
      [key.fingerprint, key.fingerprint],
      [subkey.fingerprint, key.fingerprint],
    ]);
    const alone = forgeCertificate(key, { flags: 1, subkeys: [{ key: subkey }] });
    expect((await judgeCertificate(alone, now)).map((each) => each.fingerprint)).toEqual([
      subkey.fingerprint,
    ]);
  });

  test("subkeys that have ended, were revoked or do not sign are left out", async () => {
    const left: readonly (readonly ForgedSubkey[])[] = [
      [{ key: subkey, expires: day }],
      [{ key: subkey, revoked: "right" }],
      [{ key: subkey, revoked: "wrong" }],
      [{ key: subkey, flags: 0x0c }],
    ];
    for (const subkeys of left) {
      const keys = await judgeCertificate(forgeCertificate(key, { subkeys }), now);
      expect(keys.map((each) => each.fingerprint)).toEqual([key.fingerprint]);
    }
  });

  test("a weak self-signature that a strong one has replaced", async () => {
    const later = { at: new Date("2026-02-02T00:00:00Z"), hash: 8 };
    expect(
      await judgeCertificate(forgeCertificate(rsaKey(), { hash: 2, later }), now),
    ).toHaveLength(1);
  });
});

test("a certificate of version 6 without a user id is named by its fingerprint", async () => {
  const six = forgeKey("ed25519-v6");
  const [found] = await judgeCertificate(forgeCertificate(six, { userId: "" }), now);
  expect(found).toMatchObject({ fingerprint: six.fingerprint, owner: six.fingerprint });
});

describe("when a key ends", () => {
  test("at its very end it has ended, at its very beginning it has begun", async () => {
    const made = new Date("2026-01-01T00:00:00Z");
    const end = new Date(made.getTime() + 100 * day * 1000);
    const certificate = forgeCertificate(key, { expires: 100 * day, madeAt: made });
    expect(await judgeCertificate(certificate, made)).toHaveLength(1);
    expect(await judgeCertificate(certificate, new Date(end.getTime() - 1000))).toHaveLength(1);
    expect(await refusalOf(certificate, end)).toMatch(/it expired/);
  });

  const subkeys = [{ key: subkey, expires: 400 * day }];

  test.for<[string, ForgedCertificateOptions, Date | undefined, string[]]>([
    ["without end: three years", {}, undefined, ["2029-05-31"]],
    ["without end, and a wish", {}, new Date("2040-01-01"), ["2040-01-01"]],
    ["with an end", { expires: 2000 * day }, undefined, ["2031-06-24"]],
    ["an end before the wish", { expires: 300 * day }, new Date("2040-01-01"), ["2026-10-28"]],
    ["a wish before the end", { expires: 300 * day }, new Date("2026-07-01"), ["2026-07-01"]],
    [
      "a subkey not after its primary",
      { expires: 300 * day, subkeys },
      undefined,
      ["2026-10-28", "2026-10-28"],
    ],
    [
      "a subkey before its primary",
      { expires: 500 * day, subkeys },
      undefined,
      ["2027-05-16", "2027-02-05"],
    ],
  ])("%s", async ([, options, notAfter, expected]) => {
    const wish = notAfter === undefined ? {} : { notAfter };
    const keys = await judgeCertificate(forgeCertificate(key, options), now, wish);
    expect(keys.map((each) => each.notAfter.slice(0, 10))).toEqual(expected);
  });
});

describe("what is refused, by name", () => {
  test.for<[string, ForgedCertificateOptions, RegExp]>([
    ["expired", { expires: 100 * day }, /it expired at 2026-04-11/],
    ["revoked", { revoked: "right" }, /it is revoked/],
    ["with a revocation that cannot be checked", { revoked: "wrong" }, /it is revoked/],
    ["a name that begins by turning round", { userId: "\u202egro.elpmaxe" }, /deceive the eye/],
    ["no key that signs", { flags: 1 }, /no key that signs/],
    [
      "only a subkey that has ended",
      { flags: 1, subkeys: [{ key: subkey, expires: day }] },
      /no key that signs.*expired/,
    ],
    [
      "a subkey without a back-signature",
      { subkeys: [{ key: subkey, backSignature: "missing" }] },
      /no back-signature/,
    ],
    [
      "a subkey with another's back-signature",
      { subkeys: [{ key: subkey, backSignature: "wrong" }] },
      /back-signature .* not valid/,
    ],
    [
      "a weak back-signature",
      { subkeys: [{ key: subkey, backSignature: "sha1" }] },
      /back-signature .* weak: it uses sha1/,
    ],
    ["a weak subkey", { subkeys: [{ key: rsa2048 }] }, /signing subkey .* RSA of 2048 bits/],
    ["a name with a line break", { userId: "A\n[GNUPG:] VALIDSIG" }, /deceive the eye/],
    ["a name that is turned round", { userId: "A \u202egro.elpmaxe" }, /deceive the eye/],
    ["a name with a zero-width space", { userId: "Release\u200b Engineer" }, /deceive the eye/],
    ["an empty name", { userId: "" }, /deceive the eye/],
    ["a name without end", { userId: "a".repeat(2001) }, /deceive the eye|invalid|length/],
  ])("%s", async ([, options, reason]) => {
    expect(await refusalOf(forgeCertificate(key, options))).toMatch(reason);
  });

  test("SHA-1 and MD5 self-signatures", async () => {
    const signer = rsaKey();
    for (const [hash, name] of [
      [2, "sha1"],
      [1, "md5"],
      [11, "sha224"],
    ] as const)
      expect(await refusalOf(forgeCertificate(signer, { hash }))).toContain(
        `weak: it uses ${name}`,
      );
    const weakBinding = { subkeys: [{ key: subkey, hash: 2 }] };
    expect(await refusalOf(forgeCertificate(signer, weakBinding))).toMatch(
      /binding .* weak: it uses sha1/,
    );
  });

  test("an end set by a later, weak self-signature is not overlooked", async () => {
    const later = { at: new Date("2026-02-02T00:00:00Z"), hash: 2, expires: 60 * day };
    expect(await refusalOf(forgeCertificate(rsaKey(), { later }))).toMatch(/expired/);
  });

  test("a revocation with SHA-1 is not overlooked", async () => {
    const revoked = { revoked: "right", revocationHash: 2 } as const;
    expect(await refusalOf(forgeCertificate(rsaKey(), revoked))).toMatch(/it is revoked/);
  });

  test("RSA below 3072 bits, DSA, and curves that are not accepted", async () => {
    expect(await refusalOf(forgeCertificate(rsa2048))).toMatch(/weak .* RSA of 2048 bits/);
    expect(await refusalOf(forgeCertificate(forgeKey("nistp521")))).toMatch(/not accepted/);
    const dsa = await readFile(
      new URL("../../../test/fixtures/dsa2048.asc", import.meta.url),
      "utf8",
    );
    expect(await refusalOf(dsa, new Date("2026-12-01"))).toMatch(/algorithm 17/);
  });

  test("one from the future", async () => {
    expect(await refusalOf(forgeCertificate(key), new Date("2025-12-01"))).toMatch(/future/);
  });

  test("a self-signature by somebody else", async () => {
    const stranger = forgeKey("ed25519");
    const theirs = forgeCertificate({ ...stranger, body: key.body });
    expect(await refusalOf(theirs)).toMatch(/no valid self-signature/);
  });

  test("what is no single public certificate", async () => {
    const made = await generateKey({ userId: { name: "x" } });
    expect(await refusalOf("rubbish")).toMatch(/not an ASCII-armored/);
    expect(await refusalOf(made.secretKey)).toMatch(/secret key/);
    expect(await refusalOf("x".repeat(1_048_577))).toMatch(/too large/);
    const two = Buffer.concat([
      readArmor(forgeCertificate(key)),
      readArmor(forgeCertificate(subkey)),
    ]);
    const label = "PUBLIC KEY BLOCK";
    const armored = `-----BEGIN PGP ${label}-----\n\n${two.toString("base64")}\n-----END PGP ${label}-----\n`;
    expect(await refusalOf(armored)).toMatch(/more than one/);
  });
});

// One key for all: making RSA keys is slow.
let madeRsa: ReturnType<typeof forgeKey> | undefined;
function rsaKey(): ReturnType<typeof forgeKey> {
  return (madeRsa ??= forgeKey("rsa3072"));
}

function readArmor(armored: string): Buffer {
  return Buffer.from(armored.split("\n").slice(2, -2).join(""), "base64");
}
