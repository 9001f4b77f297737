/**
 * Who signed: the exact bytes are verified before anything in them is read (DESIGN 4, "Signed document").
 *
 * All keys of the trust document are tried, so that a refusal can say whether a key is unknown, revoked, expired or
 * only in another role. A signature that is bad does not spoil the others (TUF 4.2.1), it only never counts.
 */
import { OutriderError, say, type SentenceValue } from "../errors/index.ts";
import { maxEnvelopeBytes, readSealedDocument } from "../messages/index.ts";
import type { DocumentType, Documents, SealedDocument } from "../messages/index.ts";
import { decodeText, type Trust, type TrustedKey } from "../schema/index.ts";
import { verifySignatures } from "../signing/index.ts";
import type { Checks } from "./checks.ts";
import { isRevoked } from "./revocation.ts";

/** Keys, and those of them that count no more. */
export type KeyRing = Pick<Trust, "keys" | "revoked">;

/** A document of which so far is known only that somebody trusted signed it. */
export interface SignedDocument<T extends DocumentType> {
  readonly document: Documents[T];
  /** Known, current, not revoked, and they signed. What they may sign is not yet asked. */
  readonly signers: readonly TrustedKey[];
}

/**
 * Verifies, then reads.
 *
 * @throws SIGNATURE_MISSING, SIGNATURE_TOO_MANY, DOCUMENT_TOO_LARGE, JSON_ENCODING; when no signature counts, the most
 * telling of SIGNATURE_*, KEY_EXPIRED, KEY_REVOKED, KEY_UNKNOWN; then the codes of readSealedDocument
 */
export function readSigned<T extends DocumentType>(
  sealed: SealedDocument<T>,
  ring: KeyRing,
  now: Date,
  checks: Checks,
): SignedDocument<T> {
  const signers = checks.make(
    sealed.type,
    "signatures",
    () => findSigners(sealed, ring, now),
    (keys) => say("Signed by {0}.", namesOf(keys)),
  );
  return { document: readForm(sealed, checks), signers };
}

/** Reads what was vouched for. @throws the codes of readSealedDocument */
export function readForm<T extends DocumentType>(
  sealed: SealedDocument<T>,
  checks: Checks,
): Documents[T] {
  return checks.make(
    sealed.type,
    "form",
    () => readSealedDocument(sealed),
    () => say("The text is a well-formed {0}.", sealed.type),
  );
}

/** As people know the key. */
export function nameOf(key: TrustedKey): string {
  return `${key.owner} (${key.fingerprint})`;
}

/** Several, for a sentence. */
export function namesOf(keys: readonly TrustedKey[]): SentenceValue {
  return keys
    .map((key): SentenceValue => nameOf(key))
    .reduce((before, name) => say("{0} and {1}", before, name));
}

function findSigners(sealed: SealedDocument, ring: KeyRing, now: Date): TrustedKey[] {
  const limit = maxEnvelopeBytes[sealed.type];
  if (sealed.bytes.length > limit)
    throw new OutriderError(
      "DOCUMENT_TOO_LARGE",
      say("The {0} has {1} bytes; {2} are allowed.", sealed.type, sealed.bytes.length, limit),
    );
  // A lone surrogate becomes U+FFFD in bytes: another text than the signed one would pass.
  if (decodeText(sealed.bytes, sealed.type) !== sealed.text)
    throw new OutriderError(
      "JSON_ENCODING",
      say("The {0} is not the text that was signed.", sealed.type),
    );
  const signers = new Map<string, TrustedKey>();
  const failures: OutriderError[] = [];
  for (const verdict of verifySignatures(sealed.bytes, sealed.signatures, ring.keys, now)) {
    if (!verdict.ok) failures.push(verdict.error);
    else if (isRevoked(ring, verdict.signature.key))
      failures.push(
        new OutriderError(
          "KEY_REVOKED",
          say(
            "The key of {0} is revoked. Sign the {1} with another.",
            nameOf(verdict.signature.key),
            sealed.type,
          ),
          { subject: verdict.signature.key.fingerprint },
        ),
      );
    else signers.set(verdict.signature.key.fingerprint, verdict.signature.key);
  }
  if (signers.size === 0)
    throw (
      failures.find(({ code }) => code !== "KEY_UNKNOWN") ?? failures[0] ?? missing(sealed.type)
    );
  return [...signers.values()];
}

function missing(type: DocumentType): OutriderError {
  return new OutriderError("SIGNATURE_MISSING", say("The {0} has no signature. Sign it.", type));
}
