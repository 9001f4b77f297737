/**
 * Is the archive what was signed? Length and SHA-256 of the whole file are checked before the first byte of it is
 * read as anything (THREATS P2); the open file that was checked is the one that is installed (P3). Then the manifest,
 * if only the archive carries it, and the variant for this machine.
 */
import { sealText } from "../../messages/index.ts";
import {
  chooseVariant,
  openArchive,
  type MachineFacts,
  type OpenArchive,
} from "../../package/index.ts";
import type { FileSystem } from "../../ports/index.ts";
import type { TrustSet, Verified } from "../../trust/index.ts";
import type { AuthenticNotification } from "../admission/authenticate.ts";
import type { ObtainedPackage } from "./obtain.ts";

declare const verifiedPackage: unique symbol;

/** An open archive that is what the trigger names. Made only here; `archive` must be closed. */
export interface VerifiedPackage {
  readonly [verifiedPackage]: true;
  readonly authentic: AuthenticNotification;
  readonly archive: OpenArchive;
  readonly manifest: Verified<"manifest/1">;
  readonly variant?: string;
  readonly trace: readonly string[];
}

/**
 * @throws PACKAGE_DIGEST, PACKAGE_MALFORMED, PACKAGE_MISMATCH, VARIANT_NONE and those of trust for the manifest
 */
export async function verify(
  obtained: ObtainedPackage,
  options: {
    readonly fileSystem: FileSystem;
    readonly trust: TrustSet;
    readonly facts: MachineFacts;
    readonly signal: AbortSignal;
  },
): Promise<VerifiedPackage> {
  const { authentic, path } = obtained;
  const { sha256, size } = obtained.archive;
  const archive = await openArchive({ path, sha256, size }, options);
  try {
    const manifest = authentic.manifest ?? manifestOfHead(archive, authentic, options.trust);
    const choice = chooseVariant(manifest.document, options.facts);
    return {
      authentic,
      archive,
      manifest,
      ...(choice.variant === undefined ? {} : { variant: choice.variant }),
      trace: choice.trace,
    } as unknown as VerifiedPackage;
  } catch (error) {
    await archive.close();
    throw error;
  }
}

/** Too large to travel in a notification: it stands at the head of the archive, and is held to the same trigger. */
function manifestOfHead(
  { head }: OpenArchive,
  { trigger }: AuthenticNotification,
  trust: TrustSet,
): Verified<"manifest/1"> {
  return trust.verifyManifest(sealText("manifest/1", head.manifestText, head.signatures), trigger);
}
