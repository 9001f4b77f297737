/**
 * How a release is put in place: the port that the strategies of this folder and a vendor's own product implement.
 *
 * Every method may be called again after a kill at any point of an earlier call, and must then end as if it had been
 * called once. Only `activate` and `restore` change what the machine runs.
 */
import type { Install } from "../../schema/index.ts";

/** The release to put in place. */
export interface Placement {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the manifest. */
  readonly digest: string;
  readonly install: Install;
  /** Folder of this package: `INSTALL/<package>`. */
  readonly packageDirectory: string;
  /** Where the verified files were unpacked: `packageDirectory/staging/<digest8>`. A deployer may move it away. */
  readonly stagingDirectory: string;
}

/** Puts releases in place. */
export interface Deployer {
  /**
   * Prepares everything beside what runs.
   *
   * @returns what `restore` will need, kept in the journal; `undefined` where there is no way back.
   */
  stage(
    placement: Placement,
    options: { readonly signal: AbortSignal },
  ): Promise<string | undefined>;
  /**
   * Makes the new version the one that runs. Throws where it could not.
   *
   * @returns `restart` where the machine or product must be started again for it.
   */
  activate(
    placement: Placement,
    options: { readonly signal: AbortSignal; readonly undo: string | undefined },
  ): Promise<"done" | "restart">;
  /** Back to what ran before, from any point; with `undo` undefined nothing was switched: only cleans up. */
  restore(placement: Placement, undo: string | undefined): Promise<void>;
  /** After `finish` the version before still lies ready, so that `restore` leads back to it. */
  readonly keepsBefore?: boolean;
  /** Removes what only going back needed. */
  finish(placement: Placement, undo: string | undefined): Promise<void>;
  /** Where the files of this release are once activated: its later hook and its health check run there. */
  directoryOf(placement: Placement): string;
}
