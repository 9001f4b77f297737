/**
 * THREATS S4 (CVE-2025-47934): an inline-signed or otherwise wrapped message is taken for a signature, and other data
 * than was signed is used. Nothing but bare signature packets is read, so there is no data to confuse.
 */
import { deflateRawSync } from "node:zlib";
import { createMessage, readPrivateKey, sign } from "openpgp";
import { beforeAll, expect, test } from "vitest";
import { sealText } from "../../src/messages/index.ts";
import {
  joinSignatures,
  splitSignatures,
  verifySignature,
  verifySignatures,
} from "../../src/signing/index.ts";
import {
  armorText,
  forgeKey,
  forgeSignature,
  newPacket,
  type ForgedKey,
} from "../support/forge.ts";
import { testCertificate } from "../support/keys.ts";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";

const signed = Buffer.from("what was signed");
const shown = Buffer.from("what is shown");
const now = new Date("2026-07-01T00:00:00Z");
const key: ForgedKey = forgeKey("ed25519");

const signature = newPacket(2, forgeSignature(signed, key));
const literal = (data: Uint8Array): Buffer =>
  newPacket(11, Buffer.concat([Buffer.from("b\0\0\0\0\0"), data]));
const onePass = newPacket(
  4,
  Buffer.concat([
    Buffer.of(3, 0, 10, 22),
    Buffer.from(key.fingerprint.slice(24), "hex"),
    Buffer.of(1),
  ]),
);
const compressed = (data: Uint8Array): Buffer =>
  newPacket(8, Buffer.concat([Buffer.of(1), deflateRawSync(data)]));

/** The advisory's shapes, and others like them. */
const shapes: readonly (readonly [string, Buffer])[] = [
  ["inline signed", Buffer.concat([onePass, literal(signed), signature])],
  ["inline signed, old style", Buffer.concat([signature, literal(signed)])],
  ["other data behind it", Buffer.concat([onePass, literal(signed), signature, literal(shown)])],
  ["other data before it", Buffer.concat([literal(shown), onePass, literal(signed), signature])],
  ["compressed", compressed(Buffer.concat([onePass, literal(signed), signature]))],
  [
    "compressed, with other data beside it",
    Buffer.concat([
      compressed(Buffer.concat([onePass, literal(signed), signature])),
      literal(shown),
    ]),
  ],
  ["a detached signature and data", Buffer.concat([signature, literal(shown)])],
  ["a one-pass packet and a signature", Buffer.concat([onePass, signature])],
  ["a key and a signature", Buffer.concat([newPacket(6, key.body), signature])],
];

test.for(shapes)("S4 %s is refused at every entry", async ([, octets]) => {
  const vendor = await Simulator.start();
  const { manifest } = await vendor.deploy();
  for (const label of ["SIGNATURE", "MESSAGE"]) {
    const armored = armorText(octets, label);
    for (const bytes of [signed, shown]) {
      expect(verdictOf(() => verifySignature(bytes, armored, [key.trusted], now))).toBe(
        "SIGNATURE_MALFORMED",
      );
      expect(verifySignatures(bytes, [armored], [key.trusted], now)).toMatchObject([
        { ok: false, error: { code: "SIGNATURE_MALFORMED" } },
      ]);
    }
    expect(verdictOf(() => splitSignatures(armored))).toBe("SIGNATURE_MALFORMED");
    expect(verdictOf(() => joinSignatures([armored]))).toBe("SIGNATURE_MALFORMED");
    const wrapped = sealText("manifest/1", manifest.text, [armored]);
    expect(verdictOf(() => vendor.client().verifyManifest(wrapped))).toBe("SIGNATURE_MALFORMED");
  }
});

let inline = "";

beforeAll(async () => {
  const { secret } = await testCertificate("vendor");
  const message = await createMessage({ binary: signed });
  inline = await sign({ message, signingKeys: await readPrivateKey({ armoredKey: secret }) });
});

test("S4 what OpenPGP.js signs inline is refused, under its own name and under ours", () => {
  for (const armored of [inline, inline.replaceAll("PGP MESSAGE", "PGP SIGNATURE")])
    expect(verdictOf(() => verifySignature(signed, armored, [key.trusted], now))).toBe(
      "SIGNATURE_MALFORMED",
    );
});
