/**
 * The port of a share: a tree that can be written too. What lies on it is named as `treeNames` names it, never by a
 * path; where it is comes from this machine's configuration only (THREATS N14).
 */
import type { CopyOptions } from "../copy-archive.ts";
import type { ArchiveTarget } from "../partial-archive.ts";

/** Ends work early. */
export interface ShareCall {
  readonly signal?: AbortSignal;
}

/** What agents need: read-only. */
export interface ShareReader {
  /** Where it is, for messages to people. */
  readonly root: string;
  /**
   * Reads a whole plain file.
   *
   * @throws UNAVAILABLE, DOCUMENT_TOO_LARGE, CANCELLED
   */
  read(name: string, maxBytes: number, options?: ShareCall): Promise<Uint8Array>;
  /**
   * Copies an archive from the share to this machine, resuming and verifying.
   *
   * @returns bytes that crossed the share.
   * @throws PACKAGE_DIGEST, SPACE, UNAVAILABLE, CANCELLED
   */
  fetch(name: string, wanted: ArchiveTarget, options?: CopyOptions): Promise<number>;
}

/** What the server needs, to show. Readers see the old or the new file, never a part. */
export interface ShareWriter {
  /** Replaces a file whole; equal content is left alone, so that nobody re-reads it for nothing. */
  write(name: string, bytes: Uint8Array, options?: ShareCall): Promise<void>;
  /**
   * Puts an archive there, unless it is there.
   *
   * @returns bytes that crossed the share.
   * @throws PACKAGE_DIGEST where the file is not what was named, SPACE, UNAVAILABLE, CANCELLED
   */
  store(name: string, archive: ShareableArchive, options?: CopyOptions): Promise<number>;
}

/** What is looked at of a folder in which anybody may put anything. */
export interface ListOptions extends ShareCall {
  /** Told all names; only those that it returns are looked at. All of them unless given. */
  readonly pick?: (names: readonly string[]) => readonly string[];
}

/** What is needed to empty a folder. */
export interface ShareFolder {
  /** Entries of a folder; none where there is no folder. Links are entries, and not plain. */
  list(folder: string, options?: ListOptions): Promise<readonly ShareEntry[]>;
  /** Removes a file; nothing there is no error. */
  remove(name: string, options?: ShareCall): Promise<void>;
}

/** All of it: a directory (`directoryShare`), or a share that nobody mounted (`smbclientShare`). */
export interface Share extends ShareReader, ShareWriter, ShareFolder {}

/** An archive on this machine. */
export interface ShareableArchive {
  readonly path: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** One entry of a folder. */
export interface ShareEntry {
  /** Without its folder. */
  readonly name: string;
  readonly isPlainFile: boolean;
  /** Bytes. */
  readonly size: number;
}
