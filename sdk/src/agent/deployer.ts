/**
 * How a release is put in place: the port that the strategies of this folder and a vendor's own product implement.
 *
 * Every method may be called again after a kill at any point of an earlier call and must then end as if it had been
 * called once. `activate` is the only moment at which the machine changes what it runs.
 */
import type { Install } from "../schema/index.ts";

/** The release to put in place. */
export interface Placement {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the manifest. */
  readonly digest: string;
  readonly install: Install;
  /** Folder of this package: `INSTALL/<package>`. */
  readonly packageDirectory: string;
  /** Where the verified files were unpacked: `packageDirectory/staging/<digest8>`; gone once a strategy moved them. */
  readonly stagingDirectory: string;
}

/** Puts releases in place. */
export interface Deployer {
  /** Prepares everything beside what runs; returns what `restore` will need (kept in the journal). Must not move files yet. */
  plan(placement: Placement): Promise<string>;
  /** Moves the staged files to where they will run from, beside what runs. */
  stage(placement: Placement, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Makes the new version the one that runs. */
  activate(
    placement: Placement,
    options: { readonly signal: AbortSignal; readonly undo: string },
  ): Promise<void>;
  /** Back to what ran before, from any point. */
  restore(placement: Placement, undo: string): Promise<void>;
  /** Removes what only going back needed. */
  finish(placement: Placement, undo: string): Promise<void>;
  /** Where the files of this release are: hooks and health checks run there. */
  directoryOf(placement: Placement): string;
}
