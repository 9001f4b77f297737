/**
 * The port of a tree: a catalog, and what lies beside it. The carrier is hostile; its answers are bounded, not
 * believed.
 */
import { OutriderError } from "../../errors/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import type { Shelf } from "../receiver.ts";

/** One tree, wherever it lies. */
export interface Tree {
  /** Where its catalog lies, for messages to people. */
  readonly origin: string;
  /** Set where a person carries it. */
  readonly medium?: "stick";
  /**
   * The catalog's bytes as they are now.
   *
   * @throws UNAVAILABLE (as `CarrierBusy` where the carrier named a pause), DOCUMENT_TOO_LARGE past 1 MiB
   */
  catalog(options: { readonly signal: AbortSignal }): Promise<Uint8Array>;
  readonly shelf: Shelf;
}

/** UNAVAILABLE, and the carrier said for how long (`Retry-After`, RFC 9110 10.2.3). */
export class CarrierBusy extends OutriderError {
  readonly retryAfterMs: number;

  constructor(subject: string, retryAfterMs: number) {
    super("UNAVAILABLE", `${subject} asks to come back in ${Math.ceil(retryAfterMs / 1000)} s.`, {
      subject,
    });
    this.retryAfterMs = retryAfterMs;
  }
}

/** A notification is held to its name, whatever carried it. @throws PACKAGE_DIGEST */
export function holdToDigest(sha256: string, bytes: Uint8Array, subject: string): Uint8Array {
  if (sha256Hex(bytes) === sha256) return bytes;
  throw new OutriderError(
    "PACKAGE_DIGEST",
    `${subject} does not hold what its name says; it was changed by somebody else.`,
    { subject },
  );
}
