/** Getting the archive that a notification offers (Fig. 4, steps 87–89). */
import type { Attachment } from "./receiver.ts";

/** One way to get it. A factory per adapter: `httpObtainer(options)`. */
export interface Obtainer {
  /** Kind of source it serves: `attached`, `http`, `unc`, `email`. */
  readonly name: string;
  /**
   * Writes the archive to `request.target`, resuming what is there, checking length and SHA-256 while it streams.
   * On any failure nothing wrong stays under that name.
   *
   * @throws PACKAGE_DIGEST, SOURCE_FORBIDDEN, UNAVAILABLE, CANCELLED
   */
  obtain(
    request: ObtainRequest,
    options: { readonly signal: AbortSignal },
  ): Promise<ObtainedArchive>;
}

/** What is wanted. Everything here was signed, but for `target`. */
export interface ObtainRequest {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** From the notification's source, where its kind has one. */
  readonly url?: string;
  /** From the Incoming, where an archive travelled along (step 86); it is moved away from there. */
  readonly attachment?: Attachment;
  /** Private file to write. */
  readonly target: string;
  /** Called with the bytes so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** What was got. */
export interface ObtainedArchive {
  readonly path: string;
  /** Bytes that crossed the network or the share; fewer than the size after a resume. */
  readonly transferred: number;
}
