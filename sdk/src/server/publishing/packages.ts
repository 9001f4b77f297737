/** What the server asks of the package host (patent 11); `host/` answers, or a vendor's own storage. */
import type { SealedDocument } from "../../messages/index.ts";
import type { Archive, Manifest } from "../../schema/index.ts";

/** Where released packages are found. */
export interface PackageSource {
  /** The release with this manifest; `undefined` if it was never published here. */
  find(manifestSha256: string): Promise<HostedPackage | undefined>;
  /** An archive by its own digest; `undefined` if it is not here. */
  archive(sha256: string): Promise<HostedArchive | undefined>;
  /** A URL by which agents fetch it straight from where it is stored; `undefined` if it is not there. */
  link?(sha256: string): Promise<string | undefined>;
}

/** A published release: verified when it was published, and unchangeable since. */
export interface HostedPackage {
  readonly manifestSha256: string;
  readonly manifest: Manifest;
  /** The manifest as it was signed. */
  readonly sealed: SealedDocument<"manifest/1">;
  /** SHA-512 of the contents, 64 bytes: the secret that triggers are bound with (step 64). */
  readonly contentsSha512: Uint8Array;
  /** The full archive first. */
  readonly archives: readonly HostedArchive[];
}

/** One archive of a release. */
export interface HostedArchive extends Archive {
  /** A file on this machine that never changes. */
  readonly path: string;
}
