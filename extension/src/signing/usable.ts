/** Which keys are worth offering. */
import type { KeyDescription } from "@outrider/sdk/signing/openpgp";

/** Neither revoked nor past its end. */
export function isUsable({ revoked, expiresAt }: KeyDescription, now: Date): boolean {
  return !revoked && (expiresAt === undefined || expiresAt.getTime() > now.getTime());
}
