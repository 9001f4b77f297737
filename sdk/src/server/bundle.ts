/**
 * What goes on a stick: a catalog of its own, the notifications that it lists, their archives, and every trust document.
 * All of it is signed, so whoever carries the stick need not be trusted; all of it is made from what is current now.
 */
import { OutriderError } from "../errors/index.ts";
import type { ValueStore } from "../ledger/index.ts";
import { openEnvelope, readSealedDocument, recognize, type Documents } from "../messages/index.ts";
import type { Catalog } from "./catalog.ts";
import { findNotification } from "./notify.ts";
import type { HostedArchive, PackageSource } from "./packages.ts";
import type { ShelvedTrust, TrustShelf } from "./trust-shelf.ts";

/** What bundling needs. */
export interface BundleParts {
  readonly catalog: Pick<Catalog, "forSticks">;
  readonly packages: Pick<PackageSource, "archive">;
  readonly trustShelf: Pick<TrustShelf, "list">;
  readonly values: ValueStore;
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
  readonly releases: readonly BundledRelease[];
  readonly trust: readonly ShelvedTrust[];
}

/** One entry of its catalog. */
export interface BundledRelease {
  readonly name: string;
  readonly version: string;
  /** RFC 3339: when its order expires; the stick may do so before. */
  readonly expiresAt: string;
  readonly notification: { readonly sha256: string; readonly bytes: Uint8Array };
  readonly archives: readonly HostedArchive[];
}

/** @throws PACKAGE_UNKNOWN, STORE_FAILED and what the key source throws */
export async function makeBundle(
  { validMs, signal }: BundleOptions,
  parts: BundleParts,
): Promise<Bundle> {
  const { bytes, document } = await parts.catalog.forSticks(validMs, signal);
  const releases: BundledRelease[] = [];
  // Audiences that are long take several entries.
  const entries = new Map(document.current.map((entry) => [entry.notification, entry]));
  for (const [sha256, { name, version }] of entries) {
    const envelope = await findNotification(sha256, parts.values);
    if (envelope === undefined)
      throw new OutriderError(
        "STORE_FAILED",
        `The store has lost the notification of ${name} ${version}.`,
        { subject: sha256 },
      );
    const { archives, expiresAt } = readOwn(envelope);
    releases.push({
      name,
      version,
      expiresAt,
      notification: { sha256, bytes: envelope },
      archives: await Promise.all(
        archives.map((archive) => findArchive(archive.sha256, name, parts)),
      ),
    });
  }
  return {
    catalog: bytes,
    expiresAt: document.expiresAt,
    releases,
    trust: parts.trustShelf.list(),
  };
}

/** Our own, out of our own store. */
function readOwn(envelope: Uint8Array): Documents["notification/1"] {
  const message = recognize(envelope, "notification/1");
  if (message === undefined) throw new TypeError("the store returned no notification");
  return readSealedDocument(openEnvelope(message));
}

async function findArchive(
  sha256: string,
  name: string,
  { packages }: BundleParts,
): Promise<HostedArchive> {
  const archive = await packages.archive(sha256);
  if (archive !== undefined) return archive;
  throw new OutriderError("PACKAGE_UNKNOWN", `The host no longer has the archive of ${name}.`, {
    subject: sha256,
  });
}
