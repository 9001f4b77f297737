/** Getting the archive that a notification offers (Fig. 4, steps 87–89). */
import type { LookupFunction } from "node:net";
import type { Attachment } from "./receiver.ts";
import type { WebAccess } from "./web/index.ts";

/** One way to get it. A factory per adapter: `httpObtainer(options)`. */
export interface Obtainer {
  /** Kind of source it serves: `attached`, `http`, `unc`, `email`. */
  readonly name: string;
  /**
   * Writes the archive to `request.target`, resuming what is there, checking length and SHA-256 while it streams.
   * On any failure nothing wrong stays under that name.
   *
   * @throws PACKAGE_DIGEST, SOURCE_FORBIDDEN, UNAVAILABLE, CANCELLED; PARTS_MISSING where it comes in parts and they
   * are not all here yet
   */
  obtain(
    request: ObtainRequest,
    options: { readonly signal: AbortSignal },
  ): Promise<ObtainedArchive>;
  /**
   * Says, without moving the archive, whether it could be had this way now. It must be cheap: a connection, a `stat`.
   * Absent where that cannot be told.
   */
  probe?(request: ObtainRequest, options: { readonly signal: AbortSignal }): Promise<Reach>;
  /** Calls the listener when something has come that makes another try worth while. @returns ends that */
  onArrival?(listener: () => void): () => void;
}

/** `here`: on this machine already; `reachable`: somebody answers; `unreachable`: nobody does, just now. */
export type Reach = "here" | "reachable" | "unreachable";

/** A folder of archives on a web server, and the way there. */
export interface WebFolder extends WebAccess {
  /** Ends in a slash. */
  readonly url: string;
  /** Decides which address its name stands for, where the system's resolver does not know. */
  readonly lookup?: LookupFunction;
}

/** What is wanted. Everything here was signed, but for `target`. */
export interface ObtainRequest {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** From the notification's source, where its kind has one. */
  readonly url?: string;
  /**
   * Beside the verified catalog that told of the archive, on the web server that this machine's own transport chose:
   * asked in the place of `url`, and nowhere else.
   */
  readonly beside?: WebFolder;
  /** From the notification's source, where the archive comes in parts. */
  readonly inParts?: ArchiveInParts;
  /** Asks the server for these parts again, numbers from 1; where the obtainer has waited long enough for them. */
  readonly requestParts?: (numbers: readonly number[]) => Promise<void>;
  /** From the Incoming, where an archive travelled along (step 86); it is moved away from there. */
  readonly attachment?: Attachment;
  /** Private file to write. */
  readonly target: string;
  /** What the machine's policy allows to cross its network or share; no limit unless given. */
  readonly bytesPerSecond?: number;
  /** Called with the bytes so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** An archive cut into pieces, the last one shorter. */
export interface ArchiveInParts {
  /** Bytes of every part but the last. */
  readonly partBytes: number;
  /** SHA-256 of each part, part 1 first. */
  readonly parts: readonly string[];
}

/** What was got. */
export interface ObtainedArchive {
  readonly path: string;
  /** Bytes that crossed the network or the share; fewer than the size after a resume. */
  readonly transferred: number;
}
