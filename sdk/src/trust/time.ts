/**
 * Expiry and dates in the future, against the one moment that was fixed for the run (TUF 5.1).
 * A date that cannot be read fails closed. Clocks may differ by `clockSkewMs`, as they may for signatures.
 */
import { OutriderError, say, type Sentence } from "../errors/index.ts";
import { clockSkewMs } from "../signing/index.ts";
import type { Checks } from "./checks.ts";

/** Is the moment reached? At the very moment of its expiry a document is expired. */
export function isPast(timestamp: string, now: Date): boolean {
  return !(Date.parse(timestamp) > now.getTime());
}

/** @throws NOT_YET_VALID when it was issued later than now, the skew allowed for */
export function checkIssued(
  document: { readonly issuedAt: string },
  now: Date,
  subject: Sentence,
): void {
  if (Date.parse(document.issuedAt) <= now.getTime() + clockSkewMs) return;
  throw new OutriderError(
    "NOT_YET_VALID",
    say(
      "{0} is dated {1}; here it is {2}. Check the clocks.",
      subject,
      document.issuedAt,
      now.toISOString(),
    ),
  );
}

/** As a named check of one document. @throws NOT_YET_VALID */
export function requireIssued(
  checks: Checks,
  document: { readonly type: string; readonly issuedAt: string },
  now: Date,
  subject: Sentence,
): void {
  checks.make(
    document.type,
    "time",
    () => checkIssued(document, now, subject),
    () => say("Issued on {0}.", document.issuedAt),
  );
}

/** As a named check of one document. @throws NOT_YET_VALID, EXPIRED */
export function requireCurrent(
  checks: Checks,
  document: { readonly type: string; readonly issuedAt: string; readonly expiresAt: string },
  now: Date,
  subject: Sentence,
): void {
  checks.make(
    document.type,
    "time",
    () => {
      checkIssued(document, now, subject);
      if (isPast(document.expiresAt, now))
        throw new OutriderError(
          "EXPIRED",
          say("{0} expired on {1}. Make a new one.", subject, document.expiresAt),
        );
    },
    () => say("Issued on {0}, good until {1}.", document.issuedAt, document.expiresAt),
  );
}
