/**
 * The root error: everything Outrider throws on purpose is an OutriderError with a code from one table.
 * Recognised across bundles by a `Symbol.for` brand, because an embedding product may hold two copies of the SDK.
 */
import { inEnglish, say, type Sentence } from "./sentence.ts";
import { errorTable, type ErrorCode, type ErrorDefinition } from "./table.ts";

const brand = Symbol.for("outrider.error");

/** What an error knows beside its message. */
export interface ErrorDetails {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** The file or address the error speaks of. */
  readonly subject?: string;
  /** The JSON pointer inside the subject, where there is one (RFC 6901). */
  readonly pointer?: string;
  /** One-based line and column inside the subject, where known. */
  readonly position?: { readonly line: number; readonly column: number };
}

/**
 * An expected failure: what happened, to which file or address, and what to do.
 *
 * `code` is stable and documented in `docs/reference/errors.md`; `step` is the step of the patent's figures 3 and 4
 * (or the part) that refused; `retryable` says whether the same call may succeed later.
 */
export class OutriderError extends Error {
  readonly code: ErrorCode;
  /** What the message says, for those who say it in another language; absent where nobody has taken it apart. */
  readonly sentence: Sentence | undefined;
  readonly step: string;
  readonly retryable: boolean;
  readonly subject: string | undefined;
  readonly pointer: string | undefined;
  readonly position: { readonly line: number; readonly column: number } | undefined;

  constructor(code: ErrorCode, message: string | Sentence, details: ErrorDetails = {}) {
    super(
      typeof message === "string" ? message : inEnglish(message),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    const definition: ErrorDefinition = errorTable[code];
    this.name = "OutriderError";
    this.code = code;
    this.sentence = typeof message === "string" ? undefined : message;
    this.step = definition.step;
    this.retryable = definition.retryable;
    this.subject = details.subject;
    this.pointer = details.pointer;
    this.position = details.position;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** True for an OutriderError of this or any other copy of the SDK. */
export function isOutriderError(value: unknown): value is OutriderError {
  return typeof value === "object" && value !== null && brand in value;
}

/** What an error says, to be told as part of something else; all of it a value where nobody has taken it apart. */
export function sentenceOf({ sentence, message }: OutriderError): Sentence {
  return sentence ?? say("{0}", message);
}
