/**
 * Is the primary key of a certificate good, and its self-signature? Without that nothing of the certificate counts.
 * Apart from `judge.ts`, which is public: the types of OpenPGP.js ask for a package that nobody installs.
 */
import { enums, type SignaturePacket } from "openpgp";
import { readPublicKey } from "../key.ts";
import { bodyOf, lenient, type Certificate } from "./certificate.ts";

/** Why a certificate, or one of its keys, does not do. */
export class Refusal extends Error {}

const strongHashes: ReadonlySet<number> = new Set([
  enums.hash.sha256,
  enums.hash.sha384,
  enums.hash.sha512,
  enums.hash.sha3_256,
  enums.hash.sha3_512,
]);

/** @returns the self-signature in force. @throws Refusal */
export async function judgePrimary(certificate: Certificate, now: Date): Promise<SignaturePacket> {
  // Any revocation counts, also one that is weak, dated in the future or cannot be checked.
  if (certificate.revocationSignatures.length > 0) throw new Refusal("it is revoked");
  judgeMaterial(bodyOf(certificate), "its primary key");
  if (!(certificate.getCreationTime() <= now)) throw new Refusal("it is dated in the future");
  const ends = await certificate.getExpirationTime({}, lenient);
  if (ends === null) throw new Refusal("it has no valid self-signature");
  if (!(now.getTime() < Number(ends)))
    throw new Refusal(`it expired at ${(ends as Date).toISOString()}`);
  await certificate.verifyPrimaryKey(now, {}, lenient);
  const self = await certificate.getPrimarySelfSignature(now, {}, lenient);
  for (const signature of [self, ...certificate.directSignatures])
    judgeHash(signature, "its self-signature");
  return self;
}

/** What the verifier will read must be what it accepts. @throws Refusal */
export function judgeMaterial(body: Uint8Array, name: string): void {
  try {
    readPublicKey(body);
  } catch (cause) {
    throw new Refusal(
      `${name} is weak or of a kind that is not accepted (${(cause as Error).message})`,
      { cause },
    );
  }
}

/** @throws Refusal for a hash that is not accepted */
export function judgeHash({ hashAlgorithm }: SignaturePacket, name: string): void {
  if (hashAlgorithm !== null && strongHashes.has(hashAlgorithm)) return;
  const hash = Object.entries(enums.hash).find(([, id]) => id === hashAlgorithm)?.[0];
  throw new Refusal(`${name} is weak: it uses ${hash ?? hashAlgorithm}`);
}
