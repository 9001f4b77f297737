/** Adds one person's signature to a package: first what would be signed, for people to look at; then the signature. */
import { say } from "../errors/index.ts";
import { sealText } from "../messages/index.ts";
import { sealPackage } from "../package/build/index.ts";
import { checkManifest } from "../package/index.ts";
import { systemClock, type KeySource } from "../ports/index.ts";
import { readDocumentText, validateManifest } from "../schema/index.ts";
import { joinSignatures, sha256Hex, verifySignatures } from "../signing/index.ts";
import { tallySignatures, type Tally, type TrustSet } from "../trust/index.ts";
import type { Desk } from "./desk.ts";
import { readPackageFolder, type PackageFolder } from "./package.ts";

/** Exactly what a signature would cover. */
export interface Signable extends PackageFolder {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** A signature and, for people, who made it. */
export interface MadeSignature {
  readonly armored: string;
  readonly by: string;
}

/**
 * Reads what would be signed, and refuses names that are not what they look like (THREATS E3).
 *
 * @throws FILE_MISSING, JSON_*, DOCUMENT_INVALID, PACKAGE_PATH, PACKAGE_MISMATCH
 */
export async function readSignable(desk: Desk, target: string): Promise<Signable> {
  const folder = await readPackageFolder(desk, target);
  const document = readDocumentText(folder.manifest.text, validateManifest, folder.manifestPath);
  checkManifest(document, folder.manifestPath);
  const { name, version } = document;
  return { ...folder, name, version, sha256: sha256Hex(folder.manifest.bytes) };
}

/** By a key that is at hand. @throws KEY_PASSPHRASE, KEY_SOURCE, KEY_MISSING */
export async function signWith(
  desk: Desk,
  { manifest }: Signable,
  key: KeySource,
): Promise<MadeSignature> {
  return {
    armored: await key.sign(manifest.bytes, { signal: desk.signal }),
    by: key.fingerprint,
  };
}

/**
 * A signature that was made elsewhere. One of a key that nobody knows yet may be good; one that does not fit the
 * manifest never will be.
 *
 * @param name of the signature, for people, where nobody knows whose it is.
 * @throws SIGNATURE_*, KEY_EXPIRED
 */
export function takeSignature(
  { manifest }: Signable,
  armored: string,
  name: string,
  trust: TrustSet | undefined,
): MadeSignature {
  const keys = trust?.document.keys ?? [];
  const [verdict] = verifySignatures(manifest.bytes, [armored], keys, systemClock.now());
  if (verdict?.ok === false && verdict.error.code !== "KEY_UNKNOWN") throw verdict.error;
  return { armored, by: verdict?.ok === true ? verdict.signature.key.fingerprint : name };
}

/**
 * Writes the signature beside those that are there, into every archive of the package.
 *
 * @returns how far signing has come; nothing without a trust document.
 * @throws PACKAGE_MALFORMED, FILE_UNREADABLE, CANCELLED
 */
export async function addSignature(
  desk: Desk,
  { directory, manifest }: Signable,
  { armored }: MadeSignature,
  trust: TrustSet | undefined,
): Promise<readonly Tally[]> {
  const signatures = joinSignatures([...manifest.signatures, armored]);
  const progress = desk.follow(say("sealing"));
  const { signal } = desk;
  await sealPackage({ directory, signatures, signal, onProgress: progress.update }).finally(
    progress.stop,
  );
  const sealed = sealText("manifest/1", manifest.text, [signatures]);
  return trust === undefined ? [] : tallySignatures(trust.document, sealed, systemClock.now());
}
