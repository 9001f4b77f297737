/** Bounds of a mail, and the ways in which one is refused. Bounds act while reading, before anything is built (N6). */
import { OutriderError } from "../../../../errors/index.ts";

/** Bounds; a mail past one is refused as a whole. */
export interface MailLimits {
  /** The whole mail. Default 64 MiB. */
  readonly maxMailBytes: number;
  /** The decoded archive. Default 46 MiB: what fits into the whole as base64. */
  readonly maxAttachmentBytes: number;
  /** The decoded document. 1 MiB (DESIGN 5). */
  readonly maxDocumentBytes: number;
  /** The decoded trust documents that come along, together. 1 MiB: two of the largest (DESIGN 5). */
  readonly maxTrustBytes: number;
  readonly maxParts: number;
  readonly maxDepth: number;
  readonly maxLineBytes: number;
  /** Header of the mail or of one part. */
  readonly maxHeaderBytes: number;
}

/** What is used unless told otherwise. */
export const defaultLimits: MailLimits = {
  maxMailBytes: 64 * 1024 * 1024,
  maxAttachmentBytes: 46 * 1024 * 1024,
  maxDocumentBytes: 1024 * 1024,
  maxTrustBytes: 1024 * 1024,
  maxParts: 100,
  maxDepth: 8,
  maxLineBytes: 64 * 1024,
  maxHeaderBytes: 64 * 1024,
};

/** It can be read in more than one way, or is broken. */
export function ambiguous(what: string): OutriderError {
  return new OutriderError("MESSAGE_AMBIGUOUS", `The mail was refused: ${what}.`);
}

/** It is past a bound. */
export function tooMuch(what: string): OutriderError {
  return new OutriderError("MESSAGE_LIMIT", `The mail was refused: ${what}.`);
}

/** What is sealed in it cannot be opened; whoever sent it is not told why in more than words. */
export function sealedShut(why: string, cause?: unknown): OutriderError {
  return new OutriderError(
    "MESSAGE_SEALED",
    `What is sealed in the mail cannot be opened: ${why}.`,
    {
      cause,
    },
  );
}
