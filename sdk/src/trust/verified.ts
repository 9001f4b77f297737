/**
 * What a document becomes when every rule of `trust/` was kept. The brand has no value and is not exported, so that
 * a verified document can be made here only: skipping verification does not compile.
 */
import type { DocumentType, Documents, SealedDocument } from "../messages/index.ts";
import type { CatalogEntry, TrustedKey } from "../schema/index.ts";

declare const verified: unique symbol;

/** A document whose signatures, signers, time and place in order were found good. */
export interface Verified<T extends DocumentType> {
  readonly [verified]: true;
  readonly document: Documents[T];
  /** What was verified, for passing on verbatim. */
  readonly sealed: SealedDocument<T>;
  /** Keys that signed and may sign it; no other signature is told of. */
  readonly signers: readonly TrustedKey[];
}

/** `known`: the same was verified before, so nothing new follows from it; not an error. */
export type Standing = "new" | "known";

/** A notification and what travels inside it. */
export interface VerifiedNotification extends Verified<"notification/1"> {
  readonly standing: Standing;
  readonly trigger: Verified<"trigger/1">;
  /** Absent when it is too large to travel inside: read it from the archive, then `verifyManifest(sealed, trigger)`. */
  readonly manifest?: Verified<"manifest/1">;
}

/** A catalog and what it means for the agent that asked. */
export interface VerifiedCatalog extends Verified<"catalog/1"> {
  readonly standing: Standing;
  /** The highest entry of each package whose audience holds the agent (without an agent: any audience). */
  readonly current: readonly CatalogEntry[];
  /**
   * Those of `current` whose version is lower than this server showed before. Their notification decides: it is
   * refused unless its trigger allows the downgrade.
   */
  readonly fallen: readonly CatalogEntry[];
  /** Orders to the agent's deployments (without an agent: to any); each is still to be verified by `verifyControl`. */
  readonly controls: readonly SealedDocument<"control/1">[];
  /** Packages that this server showed before and no longer does; their versions stay remembered. */
  readonly missing: readonly string[];
  /** Set when the server knows a later trust document: get the versions up to this one and `update`. */
  readonly newerTrust?: number;
}

/** Marks a document as verified. Not exported by `trust/index.ts`. */
export function asVerified<T extends DocumentType>(
  sealed: SealedDocument<T>,
  document: Documents[T],
  signers: readonly TrustedKey[],
): Verified<T> {
  return { document, sealed, signers } as Omit<Verified<T>, typeof verified> as Verified<T>;
}
