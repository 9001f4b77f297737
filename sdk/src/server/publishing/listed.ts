/**
 * What a catalog lists, with its bytes: for whoever shows a catalog in a place that has nothing but files. A wave may
 * have gone by another transport altogether, and what the catalog then lists was brought to the share by nobody.
 */
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import type { ValueStore } from "../../ledger/index.ts";
import {
  openEnvelope,
  readSealedDocument,
  recognize,
  type Documents,
} from "../../messages/index.ts";
import type { Logger } from "../../ports/index.ts";
import type { CatalogEntry } from "../../schema/index.ts";
import { findNotificationByDigest } from "./kept-notification.ts";
import type { HostedArchive, PackageSource } from "./packages.ts";

/** What finding needs. */
export interface ListedParts {
  readonly packages: Pick<PackageSource, "archive">;
  readonly values: ValueStore;
}

/** A release that a catalog lists. */
export interface ListedRelease {
  readonly name: string;
  readonly version: string;
  /** RFC 3339: when its order expires; the catalog may do so before. */
  readonly expiresAt: string;
  readonly notification: { readonly sha256: string; readonly bytes: Uint8Array };
  readonly archives: readonly HostedArchive[];
}

/** One entry for each notification: audiences that are long take several. */
export function listedEntries({ current }: Documents["catalog/1"]): readonly CatalogEntry[] {
  return [...new Map(current.map((entry) => [entry.notification, entry])).values()];
}

/** @throws PACKAGE_UNKNOWN, STORE_FAILED */
export async function findListed(
  { name, version, notification: sha256 }: CatalogEntry,
  parts: ListedParts,
): Promise<ListedRelease> {
  const bytes = await findNotificationByDigest(sha256, parts.values);
  if (bytes === undefined)
    throw new OutriderError(
      "STORE_FAILED",
      `The store has lost the notification of ${name} ${version}.`,
      { subject: sha256 },
    );
  const { archives, expiresAt } = readOwn(bytes);
  return {
    name,
    version,
    expiresAt,
    notification: { sha256, bytes },
    archives: await Promise.all(
      archives.map((archive) => findArchive(archive.sha256, name, parts)),
    ),
  };
}

/** All that a catalog's envelope lists; what the host has lost is said, and keeps nothing else from being shown. */
export async function releasesOf(
  catalog: Uint8Array,
  parts: ListedParts,
  logger: Logger,
): Promise<ListedRelease[]> {
  const message = recognize(catalog, "catalog/1");
  if (message === undefined) return [];
  const releases: ListedRelease[] = [];
  for (const entry of listedEntries(readSealedDocument(openEnvelope(message))))
    try {
      releases.push(await findListed(entry, parts));
    } catch (error) {
      if (!isOutriderError(error) || error.code !== "PACKAGE_UNKNOWN") throw error;
      logger.log("warn", error.message, { code: error.code, archive: error.subject });
    }
  return releases;
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
  { packages }: ListedParts,
): Promise<HostedArchive> {
  const archive = await packages.archive(sha256);
  if (archive !== undefined) return archive;
  throw new OutriderError("PACKAGE_UNKNOWN", `The host no longer has the archive of ${name}.`, {
    subject: sha256,
  });
}
