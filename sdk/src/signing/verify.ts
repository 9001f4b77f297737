/**
 * Says whether a trusted key made a detached signature over exactly these bytes (RFC 9580 5.2.4).
 *
 * Invariants: without a signature nothing is accepted; one that cannot be read, or has anything about it that is not
 * understood, is refused; the trust document's `notAfter` ends a key whatever date a signature claims (THREATS S6);
 * time and memory are bounded by 16 signatures of 12 KiB. Who may sign what is not decided here, but in `trust/`.
 */
import { createHash, createVerify, verify } from "node:crypto";
import { isOutriderError, OutriderError, say } from "../errors/index.ts";
import type { TrustedKey } from "../schema/index.ts";
import { decodeArmor } from "./armor.ts";
import { openTrustedKey, type PublicKey } from "./key.ts";
import type { OctetReader } from "./octets.ts";
import { maxSignatures, readSignaturePackets } from "./packet.ts";
import { refuse, refuseKind, refuseMany } from "./refuse.ts";
import { readSignature, type Signature } from "./signature.ts";

/** A signature that holds. */
export interface VerifiedSignature {
  /** The entry of the trust document that made it. */
  readonly key: TrustedKey;
  /** When, by the signer's own clock. */
  readonly createdAt: Date;
}

/** What became of one signature of several. */
export type SignatureVerdict =
  | { readonly ok: true; readonly signature: VerifiedSignature }
  | { readonly ok: false; readonly error: OutriderError };

/** How far in the future a signature may be dated: clocks of servers and agents differ. Milliseconds. */
export const clockSkewMs = 300_000;

/**
 * Verifies one armored signature.
 *
 * @param now the moment that decides about expiry; one for a whole run.
 * @throws SIGNATURE_MISSING, SIGNATURE_TOO_MANY, SIGNATURE_MALFORMED, SIGNATURE_UNSUPPORTED, SIGNATURE_INVALID,
 * SIGNATURE_TIME, KEY_UNKNOWN, KEY_EXPIRED, KEY_REFUSED
 */
export function verifySignature(
  bytes: Uint8Array,
  armored: string,
  keys: readonly TrustedKey[],
  now: Date,
): VerifiedSignature {
  const [verdict, another] = verifySignatures(bytes, [armored], keys, now);
  if (verdict === undefined || another !== undefined) return refuseMany(1);
  if (!verdict.ok) throw verdict.error;
  return verdict.signature;
}

/**
 * Verifies several: a bad one does not spoil the others. A block may hold several packets (`gpg -u A -u B`).
 *
 * @returns a verdict for each signature in order; one for a block that cannot be read.
 * @throws SIGNATURE_MISSING when there is none, SIGNATURE_TOO_MANY past 16
 */
export function verifySignatures(
  bytes: Uint8Array,
  signatures: readonly string[],
  keys: readonly TrustedKey[],
  now: Date,
): SignatureVerdict[] {
  if (signatures.length === 0)
    refuse("SIGNATURE_MISSING", say("There is no signature. Sign the document."));
  if (signatures.length > maxSignatures) refuseMany(maxSignatures);
  const claims = signatures.flatMap(openBlock);
  if (claims.length > maxSignatures) refuseMany(maxSignatures);
  return claims.map((claim) => judge(() => verifyPacket(bytes, claim(), keys, now)));
}

/** Gives the body of a signature packet, or throws why there is none. */
type Claim = () => Uint8Array;

/** The claims of one block. A block that cannot be read is one claim that will be refused. */
function openBlock(armored: string): Claim[] {
  try {
    return readSignaturePackets(decodeArmor(armored)).map((body) => () => body);
  } catch (error) {
    if (isOutriderError(error) && error.code === "SIGNATURE_TOO_MANY") throw error;
    return [
      () => {
        throw error;
      },
    ];
  }
}

/** Whatever goes wrong is a refusal (THREATS P4: a verifier must not fail open). */
function judge(verifyClaim: () => VerifiedSignature): SignatureVerdict {
  try {
    return { ok: true, signature: verifyClaim() };
  } catch (cause) {
    if (isOutriderError(cause)) return { ok: false, error: cause };
    const message = say("The signature could not be verified.");
    return { ok: false, error: new OutriderError("SIGNATURE_INVALID", message, { cause }) };
  }
}

/** The steps of verification, cheapest first: a stranger's signature costs no hashing (THREATS T6). */
function verifyPacket(
  bytes: Uint8Array,
  body: Uint8Array,
  keys: readonly TrustedKey[],
  now: Date,
): VerifiedSignature {
  // 1. Read what the packet claims (5.2.3).
  const signature = readSignature(body);
  // 2. Find the key it names, by fingerprint, among those that are trusted.
  const trusted = findKey(signature, keys);
  const key = openTrustedKey(trusted);
  // 3. Key and signature are of one version and algorithm (5.2.3).
  if (signature.version !== key.version || signature.algorithm !== key.algorithm)
    refuseKind(say("is of another version or algorithm than its key"));
  // 4. Neither the key nor the signature is past or before its time.
  checkTime(signature, key, trusted, now.getTime());
  // 5. Read the algorithm's own fields; nothing may follow them (5.2.3.1–5.2.3.4).
  const value = readValue(signature.fields, key);
  // 6. The digest begins as the packet says (5.2.3.6), and the key signed it (5.2.4).
  if (!holds(signature, key, bytes, value)) {
    const owner = `${trusted.owner} (${trusted.fingerprint})`;
    const message = say(
      "The signature of {0} does not fit the content. Get an unaltered copy.",
      owner,
    );
    refuse("SIGNATURE_INVALID", message, trusted.fingerprint);
  }
  return { key: trusted, createdAt: new Date(signature.createdAtMs) };
}

function findKey({ issuer }: Signature, keys: readonly TrustedKey[]): TrustedKey {
  return (
    keys.find(({ fingerprint }) => fingerprint === issuer) ??
    refuse(
      "KEY_UNKNOWN",
      say("Key {0} is not trusted. Add it, or sign with another.", issuer),
      issuer,
    )
  );
}

/** Each comparison says what must hold, so that a moment that is not a number is refused. */
function checkTime(
  { createdAtMs, expiresAtMs }: Signature,
  key: PublicKey,
  { fingerprint, notAfter, owner }: TrustedKey,
  nowMs: number,
): void {
  const ends = Date.parse(notAfter);
  if (!(nowMs <= ends))
    refuse(
      "KEY_EXPIRED",
      say("The key of {0} ended at {1}. Sign with a current one.", owner, notAfter),
      fingerprint,
    );
  const inTime =
    createdAtMs <= nowMs + clockSkewMs && createdAtMs >= key.createdAtMs && nowMs < expiresAtMs;
  if (!inTime) {
    const dated = new Date(createdAtMs).toISOString();
    const message = say(
      "The signature of {0}, dated {1}, is of the future, older than its key, or expired. Check the clock, or sign again.",
      owner,
      dated,
    );
    refuse("SIGNATURE_TIME", message, fingerprint);
  }
}

/** The signature as node:crypto wants it. */
function readValue(fields: OctetReader, { integers }: PublicKey): Uint8Array {
  const value =
    integers.length === 0
      ? fields.take(64)
      : Buffer.concat(integers.map((length) => fields.paddedInteger(length)));
  fields.end();
  return value;
}

function holds(
  signature: Signature,
  { key }: PublicKey,
  bytes: Uint8Array,
  value: Uint8Array,
): boolean {
  const { hash: name, salt, trailer, digestStart } = signature;
  const digest = createHash(name).update(salt).update(bytes).update(trailer).digest();
  // Altered content ends here, before any arithmetic.
  if (!digest.subarray(0, 2).equals(digestStart)) return false;
  // 5.2.3.3, 5.2.3.4: Ed25519 signs the digest as if it were the message; the others hash by themselves.
  if (key.asymmetricKeyType === "ed25519") return verify(null, digest, key, value);
  const verifier = createVerify(name).update(salt).update(bytes).update(trailer);
  return verifier.verify({ key, dsaEncoding: "ieee-p1363" }, value);
}
