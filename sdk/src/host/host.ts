/** Where packages lie (patent 11): one port, and an adapter for each kind of storage (`directory.ts`, `bucket/`). */
import type { SealedDocument } from "../messages/index.ts";
import type { Manifest } from "../schema/index.ts";
import type { TrustSet } from "../trust/index.ts";
import type { ReleaseRecord } from "./record.ts";

/** One archive on the host. */
export interface PublishedArchive {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the manifest that must be installed, for a patch. */
  readonly base?: string;
  /** The file, on this machine. */
  readonly path: string;
}

/** A release on the host. */
export interface PublishedPackage {
  readonly manifestSha256: string;
  readonly manifest: Manifest;
  readonly sealed: SealedDocument<"manifest/1">;
  /** SHA-512 of the contents, 64 bytes: a secret. */
  readonly contentsSha512: Uint8Array;
  /** The full archive first. */
  readonly archives: readonly PublishedArchive[];
}

/** How to publish. */
export interface PublishOptions {
  /** Who may release what. */
  readonly trust: TrustSet;
  readonly now: Date;
  readonly signal?: AbortSignal;
  /** Called with the bytes copied so far. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/** Where packages lie. */
export interface PackageHost {
  /**
   * Copies a package in, checks its signatures and every file's digest, and lists it.
   *
   * @param path an archive (`NAME-VERSION.outrider`, or a patch of a release that is here), or the folder that
   * `outrider build` made, with its patches.
   * @throws the codes of TrustSet.verifyManifest; PACKAGE_*, among them PACKAGE_BASE for a patch of or against a
   * release that is not here; FILE_MISSING, FILE_UNREADABLE; PACKAGE_CONFLICT if another manifest was published for
   * this version; CANCELLED; UNAVAILABLE and LOGIN_REFUSED where the storage is not on this machine
   */
  publish(path: string, options: PublishOptions): Promise<PublishedPackage>;
  /** The release with this manifest. */
  find(manifestSha256: string): Promise<PublishedPackage | undefined>;
  /** An archive by its digest. */
  archive(sha256: string): Promise<PublishedArchive | undefined>;
  /** Every release, by name and then by version as text. */
  list(): Promise<readonly ReleaseRecord[]>;
}
