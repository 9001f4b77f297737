/** THREATS S5 (CVE-2023-41037): text around a cleartext-signed message, or trailing blanks in it, verifies too. */
import { createCleartextMessage, readPrivateKey, sign } from "openpgp";
import { expect, test } from "vitest";
import { sealText } from "../../src/messages/index.ts";
import { splitSignatures, verifySignature } from "../../src/signing/index.ts";
import { testCertificate } from "../support/keys.ts";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";

test("S5 BEGIN PGP SIGNED MESSAGE is refused, whatever stands before, in or after it", async () => {
  const { secret, trusted } = await testCertificate("vendor");
  const text = '{"type":"manifest/1"}';
  const message = await createCleartextMessage({ text });
  const cleartext = await sign({
    message,
    signingKeys: await readPrivateKey({ armoredKey: secret }),
  });
  expect(cleartext).toContain("BEGIN PGP SIGNED MESSAGE");
  const onlyItsSignature = cleartext.slice(cleartext.indexOf("-----BEGIN PGP SIGNATURE"));
  const vendor = await Simulator.start();
  for (const armored of [
    cleartext,
    `Hello\n${cleartext}`,
    `${cleartext}\nHello`,
    cleartext.replace(text, `${text}  `),
    cleartext.replace("Hash:", "Comment: evil\nHash:"),
    `${onlyItsSignature}${cleartext}`,
    `${cleartext}${onlyItsSignature}`,
  ]) {
    const refuse = (act: () => unknown): void => expect(verdictOf(act)).toBe("SIGNATURE_MALFORMED");
    refuse(() => verifySignature(Buffer.from(text), armored, [trusted], new Date()));
    refuse(() => splitSignatures(armored));
    refuse(() => vendor.client().verifyManifest(sealText("manifest/1", text, [armored])));
  }
  // Taken out of its frame it is a text-mode signature (S3).
  expect(
    verdictOf(() => verifySignature(Buffer.from(text), onlyItsSignature, [trusted], new Date())),
  ).toBe("SIGNATURE_UNSUPPORTED");
});
