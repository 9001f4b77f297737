/**
 * What is wrong with an authored file beyond its schema, as plain values: places are JSON pointers (RFC 6901), so that
 * the command line and an editor show the same remarks, each in its own way and language.
 */
import type { ErrorCode, Sentence } from "../errors/index.ts";

/** One remark. */
export interface Remark {
  /** A code of the error table; its page tells more. */
  readonly code: ErrorCode;
  readonly severity: "error" | "warning";
  /** The value that it is about; empty for the whole document. */
  readonly pointer: string;
  readonly sentence: Sentence;
  /** Other places of the same file that have to do with it. */
  readonly related?: readonly { readonly pointer: string; readonly sentence: Sentence }[];
  /** What can be done about it; the first is the best. */
  readonly repairs?: readonly Repair[];
}

/** A repair that can be offered. */
export interface Repair {
  /** As an order: "Write dist/app.js". */
  readonly title: Sentence;
  readonly changes: readonly Change[];
  /** May be done to every remark of a file at once, without a look at each. */
  readonly safe: boolean;
}

/** One change of the text; everything that it does not name stays as it is written. */
export type Change =
  | { readonly kind: "write"; readonly pointer: string; readonly value: unknown }
  | { readonly kind: "remove"; readonly pointer: string }
  /** Puts an element before another of its array. */
  | { readonly kind: "move"; readonly pointer: string; readonly before: string };
