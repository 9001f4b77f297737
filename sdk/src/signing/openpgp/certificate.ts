/** Reads one OpenPGP certificate that a person was given: exactly one, public, of a bounded size. */
import {
  config,
  readKeys,
  type Config,
  type Key,
  type PublicKey,
  type SignaturePacket,
  type UserID,
} from "openpgp";
import { OutriderError } from "../../errors/index.ts";

/** Largest certificate that is read, characters: those with many foreign certifications are a few 100 KB. */
export const maxCertificateLength = 1_048_576;

/** What OpenPGP.js has beyond its declared types. */
export interface Certificate extends PublicKey {
  readonly directSignatures: readonly SignaturePacket[];
  getPrimarySelfSignature(date: Date, userId: UserID, config: Config): Promise<SignaturePacket>;
}

/**
 * OpenPGP.js accepting every algorithm: it only says which self-signatures are in force. Were it strict here, a weak
 * one would be overlooked, with the earlier end that it may set; so weakness is judged afterwards.
 */
export const lenient: Config = {
  ...config,
  minRSABits: 0,
  rejectCurves: new Set(),
  rejectHashAlgorithms: new Set(),
  rejectPublicKeyAlgorithms: new Set(),
};

/**
 * Reads an ASCII-armored certificate; it is not judged yet.
 *
 * @throws KEY_REFUSED when it is none, more than one, or a secret key.
 */
export async function readCertificate(armored: string, subject: string): Promise<Certificate> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new OutriderError("KEY_REFUSED", `${subject} ${reason}.`, { subject, cause });
  };
  if (armored.length > maxCertificateLength) refuse("is too large for a certificate");
  let keys: Key[] = [];
  try {
    keys = await readKeys({ armoredKeys: armored });
  } catch (cause) {
    refuse("is not an ASCII-armored OpenPGP certificate", cause);
  }
  const [key, another] = keys;
  if (key === undefined) return refuse("holds no certificate");
  if (another !== undefined) refuse("holds more than one certificate; give them one at a time");
  if (key.isPrivate()) refuse("holds a secret key: give its public half (`outrider keys export`)");
  return key as Certificate;
}

/** The body of a key's packet (RFC 9580 5.5.2). */
export function bodyOf({ keyPacket }: { readonly keyPacket: object }): Uint8Array {
  return (keyPacket as { write(): Uint8Array }).write();
}
