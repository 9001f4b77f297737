/**
 * Judges an OpenPGP certificate once, where people are (DESIGN 4), and copies out what the verifier needs of it: the
 * packets of the keys that sign. From then on the trust document is the only authority.
 *
 * OpenPGP.js says which self-signatures are valid and in force; whether they are good enough is decided here. Where a
 * certificate is not clearly good it is refused: a person can always make another.
 */
import { enums, type SignaturePacket, type Subkey } from "openpgp";
import { OutriderError } from "../../errors/index.ts";
import type { TrustedKey } from "../../schema/index.ts";
import { fingerprintOf } from "../key.ts";
import { bodyOf, lenient, readCertificate, type Certificate } from "./certificate.ts";
import { defaultLifetimeMs } from "./generate.ts";
import { judgeHash, judgeMaterial, judgePrimary, Refusal } from "./primary.ts";
import { isPlainName } from "./user-id.ts";

/** What a person may decide beyond the certificate. */
export interface JudgeOptions {
  /** The key shall end earlier than its certificate says. */
  readonly notAfter?: Date;
  /** Where the certificate came from, for messages. */
  readonly subject?: string;
}

/** A signing key that passed. */
interface SigningKey {
  readonly body: Uint8Array;
  readonly endsAtMs: number;
}

/**
 * The keys of a certificate that sign; a subkey that has ended or was revoked is left out.
 *
 * A certificate without an end gets one, three years from `now`, unless `options.notAfter` says otherwise.
 *
 * @param armored one ASCII-armored certificate.
 * @throws KEY_REFUSED when it is a secret key, revoked, expired, not yet valid, weak (RSA below 3072 bits, DSA, a
 * curve that is not accepted, self-signatures with SHA-1 or MD5), has a signing subkey without a valid back-signature,
 * a deceptive name, or no key that signs.
 */
export async function judgeCertificate(
  armored: string,
  now: Date,
  options: JudgeOptions = {},
): Promise<TrustedKey[]> {
  const subject = options.subject ?? "The certificate";
  const certificate = await readCertificate(armored, subject);
  const primary = fingerprintOf(bodyOf(certificate));
  try {
    const self = await judgePrimary(certificate, now);
    const owner = await ownerOf(certificate, primary, now);
    const signing = await findSigningKeys(certificate, self, now);
    return signing.map(({ body, endsAtMs }) => ({
      fingerprint: fingerprintOf(body),
      primary,
      owner,
      notAfter: endOf(endsAtMs, now, options.notAfter).toISOString(),
      packet: Buffer.from(body).toString("base64"),
    }));
  } catch (cause) {
    const message = `${subject} (${primary}) is refused: ${(cause as Error).message}.`;
    throw new OutriderError("KEY_REFUSED", message, { subject, cause });
  }
}

function endOf(endsAtMs: number, now: Date, notAfter: Date | undefined): Date {
  const unlimited = endsAtMs === Infinity ? now.getTime() + defaultLifetimeMs : endsAtMs;
  return new Date(Math.min(endsAtMs, notAfter?.getTime() ?? unlimited));
}

async function findSigningKeys(
  certificate: Certificate,
  self: SignaturePacket,
  now: Date,
): Promise<SigningKey[]> {
  const primaryEndsAtMs = Number(await certificate.getExpirationTime({}, lenient));
  const found: SigningKey[] = [];
  if (maySign(self)) found.push({ body: bodyOf(certificate), endsAtMs: primaryEndsAtMs });
  const reasons: string[] = [];
  for (const subkey of certificate.subkeys) {
    const reason = await leaveOut(subkey, now);
    if (reason !== undefined) {
      reasons.push(`subkey ${fingerprintOf(bodyOf(subkey))} ${reason}`);
      continue;
    }
    await judgeSubkey(certificate, subkey, now);
    const endsAtMs = Number(await subkey.getExpirationTime(now, lenient));
    found.push({ body: bodyOf(subkey), endsAtMs: Math.min(endsAtMs, primaryEndsAtMs) });
  }
  if (found.length > 0) return found;
  throw new Refusal(["it has no key that signs", ...reasons].join("; "));
}

/** Why a subkey is none that signs now; that is usual and no fault. */
async function leaveOut(subkey: Subkey, now: Date): Promise<string | undefined> {
  if (subkey.revocationSignatures.length > 0) return "is revoked";
  try {
    return maySign(await subkey.verify(now, lenient)) ? undefined : "does not sign";
  } catch (error) {
    return `is not valid (${(error as Error).message})`;
  }
}

/** A live signing subkey that is not good spoils the certificate: its holder signs with it. */
async function judgeSubkey(certificate: Certificate, subkey: Subkey, now: Date): Promise<void> {
  const name = `its signing subkey ${fingerprintOf(bodyOf(subkey))}`;
  judgeMaterial(bodyOf(subkey), name);
  const binding = await subkey.verify(now, lenient);
  judgeHash(binding, `the binding of ${name}`);
  // RFC 9580 5.2.1.8: the subkey must say itself that it belongs here, else anybody's key could be adopted.
  const back = binding.embeddedSignature;
  if (back === null) throw new Refusal(`${name} has no back-signature`);
  const bound = { key: certificate.keyPacket, bind: subkey.keyPacket };
  try {
    await back.verify(subkey.keyPacket, enums.signature.keyBinding, bound, now, false, lenient);
  } catch (cause) {
    throw new Refusal(`the back-signature of ${name} is not valid`, { cause });
  }
  judgeHash(back, `the back-signature of ${name}`);
}

/** RFC 9580 5.2.3.29 */
function maySign({ keyFlags }: SignaturePacket): boolean {
  return ((keyFlags?.[0] ?? 0) & enums.keyFlags.signData) !== 0;
}

/** The primary user id; the fingerprint, where a certificate has none (version 6 may). */
async function ownerOf(certificate: Certificate, primary: string, now: Date): Promise<string> {
  if (certificate.users.length === 0) return primary;
  const { user } = await certificate.getPrimaryUser(now, {}, lenient);
  const owner = user.userID?.userID ?? "";
  if (!isPlainName(owner))
    throw new Refusal("its user id is empty, too long, or has characters that deceive the eye");
  return owner;
}
