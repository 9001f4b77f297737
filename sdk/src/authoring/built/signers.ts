/** Who has signed a built package, and which of the signatures count for nothing. */
import { isOutriderError, type OutriderError } from "../../errors/index.ts";
import type { Trust, TrustedKey } from "../../schema/index.ts";
import { verifySignatures } from "../../signing/index.ts";
import { isRevoked, tallySignatures, type Tally } from "../../trust/index.ts";
import type { BuiltPackage } from "./find.ts";

/** How far the signing of a package has come. */
export interface SigningState {
  /** A line a role; one for a package. */
  readonly tallies: readonly Tally[];
  /** Why a signature counts for nothing. */
  readonly faults: readonly OutriderError[];
  /** Keys that made good signatures, and are revoked. */
  readonly revoked: readonly TrustedKey[];
  readonly isComplete: boolean;
}

/** Counts; `undefined` where the trust document lets nobody release this package. */
export function signingState(
  { sealed }: BuiltPackage,
  trust: Trust,
  now: Date,
): SigningState | undefined {
  try {
    const tallies = tallySignatures(trust, sealed, now);
    const verdicts =
      sealed.signatures.length === 0
        ? []
        : verifySignatures(sealed.bytes, sealed.signatures, trust.keys, now);
    return {
      tallies,
      faults: verdicts.flatMap((verdict) => (verdict.ok ? [] : [verdict.error])),
      revoked: verdicts.flatMap((verdict) =>
        verdict.ok && isRevoked(trust, verdict.signature.key) ? [verdict.signature.key] : [],
      ),
      isComplete: tallies.every(({ needed, signed }) => signed.length >= needed),
    };
  } catch (error) {
    if (isOutriderError(error)) return undefined;
    throw error;
  }
}
