/**
 * Tells a clock that is behind from a trust document that does not hold: nothing signed and issued comes from the
 * future, and a machine without a battery starts decades back. Nothing is believed by it; it only says what is to be
 * waited for.
 */
import { isOutriderError } from "../errors/index.ts";
import { readSealedDocument, type SealedDocument } from "../messages/index.ts";
import { clockSkewMs } from "../signing/index.ts";
import { TrustSet, type TrustOptions } from "./set.ts";

/** Does the trust document hold at a later moment, and not yet at this one? @throws DOCUMENT_*, JSON_* */
export function isAheadOf(sealed: SealedDocument<"trust/1">, options: TrustOptions): boolean {
  const holdsAt = (now: Date): boolean => {
    try {
      const { issuedAt } = TrustSet.open(sealed, { ...options, now }).document;
      return Date.parse(issuedAt) <= now.getTime() + clockSkewMs;
    } catch (error) {
      if (isOutriderError(error)) return false;
      throw error;
    }
  };
  const { now } = options;
  const last = new Date(Date.parse(readSealedDocument(sealed).expiresAt) - 1);
  return !holdsAt(now) && last > now && holdsAt(last);
}
