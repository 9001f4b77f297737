/**
 * What goes on a stick: a catalog of its own, the notifications that it lists, their archives, and every trust
 * document. All of it is signed, so whoever carries the stick need not be trusted; all of it is made from what is
 * current now.
 */
import type { Catalog } from "./catalog.ts";
import { findListed, listedEntries, type ListedParts, type ListedRelease } from "./listed.ts";
import type { ShelvedTrust, TrustShelf } from "./trust-shelf.ts";

/** What bundling needs. */
export interface BundleParts extends ListedParts {
  readonly catalog: Pick<Catalog, "forSticks">;
  readonly trustShelf: Pick<TrustShelf, "list">;
}

/** How long what lies on the stick counts. */
export interface BundleOptions {
  readonly validMs: number;
  readonly signal?: AbortSignal;
}

/** The contents of a stick. */
export interface Bundle {
  /** `catalog/1` envelope. */
  readonly catalog: Uint8Array;
  /** RFC 3339: afterwards agents take nothing from the stick. */
  readonly expiresAt: string;
  readonly releases: readonly ListedRelease[];
  readonly trust: readonly ShelvedTrust[];
}

/** @throws PACKAGE_UNKNOWN, STORE_FAILED and what the key source throws */
export async function makeBundle(
  { validMs, signal }: BundleOptions,
  parts: BundleParts,
): Promise<Bundle> {
  const { bytes, document } = await parts.catalog.forSticks(validMs, signal);
  const releases: ListedRelease[] = [];
  for (const entry of listedEntries(document)) releases.push(await findListed(entry, parts));
  return {
    catalog: bytes,
    expiresAt: document.expiresAt,
    releases,
    trust: parts.trustShelf.list(),
  };
}
