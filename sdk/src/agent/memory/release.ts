/** What is kept of a release once its files are in place. */
import type { Manifest } from "../../schema/index.ts";

/** A manifest without its files. */
export type ReleaseFacts = Omit<Manifest, "files" | "variants">;

/** One installed release. */
export interface InstalledRelease {
  readonly version: string;
  /** SHA-256 of its manifest; absent where the version only came with the product. */
  readonly manifest?: string;
  readonly variant?: string;
  /** Absent where the release before it was not kept. */
  readonly back?: WayBack;
}

/** What going back to the release before takes, and whose receipt says that it was done. */
export interface WayBack {
  readonly to: Omit<InstalledRelease, "back">;
  /** What the strategy needs. */
  readonly undo: string;
  readonly release: ReleaseFacts;
  /** The deployment that brought the present release. */
  readonly deployment: string;
  readonly notification: string;
  readonly transport: string;
}
