/** Whether a key counts no more. A revoked primary takes its subkeys along (RFC 9580 5.2.1.11). */
import type { Trust, TrustedKey } from "../schema/index.ts";

/** Is the key, or the person's primary key, named as revoked? */
export function isRevoked(
  { revoked }: Pick<Trust, "revoked">,
  { fingerprint, primary }: Pick<TrustedKey, "fingerprint" | "primary">,
): boolean {
  const gone = revoked?.keys;
  return gone !== undefined && (gone.includes(fingerprint) || gone.includes(primary));
}
