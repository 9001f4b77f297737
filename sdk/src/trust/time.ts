/**
 * Expiry and dates in the future, against the one moment that was fixed for the run (TUF 5.1).
 * A date that cannot be read fails closed. Clocks may differ by `clockSkewMs`, as they may for signatures.
 */
import { OutriderError } from "../errors/index.ts";
import { clockSkewMs } from "../signing/index.ts";

/** Is the moment reached? At the very moment of its expiry a document is expired. */
export function isPast(timestamp: string, now: Date): boolean {
  return !(Date.parse(timestamp) > now.getTime());
}

/** @throws NOT_YET_VALID when it was issued later than now, the skew allowed for */
export function checkIssued(
  document: { readonly issuedAt: string },
  now: Date,
  subject: string,
): void {
  if (Date.parse(document.issuedAt) <= now.getTime() + clockSkewMs) return;
  throw new OutriderError(
    "NOT_YET_VALID",
    `${capitalize(subject)} is dated ${document.issuedAt}; here it is ${now.toISOString()}. Check the clocks.`,
  );
}

/** @throws NOT_YET_VALID, EXPIRED */
export function checkCurrent(
  document: { readonly issuedAt: string; readonly expiresAt: string },
  now: Date,
  subject: string,
): void {
  checkIssued(document, now, subject);
  if (isPast(document.expiresAt, now))
    throw new OutriderError(
      "EXPIRED",
      `${capitalize(subject)} expired on ${document.expiresAt}. Make a new one.`,
    );
}

function capitalize(subject: string): string {
  return subject.charAt(0).toUpperCase() + subject.slice(1);
}
