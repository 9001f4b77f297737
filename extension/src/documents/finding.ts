/** What was found wrong in a document, before an editor shows it: plain values, no editor's types. */
import type { ErrorCode, Sentence } from "@outrider/sdk/errors";

/** Zero-based, in UTF-16 units, as editors and the language-server protocol count. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** From the first position up to, and without, the last. */
export interface TextRange {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** One finding. */
export interface Finding {
  /** A code of the SDK's table; its page tells more. */
  readonly code: ErrorCode;
  readonly severity: "error" | "warning";
  /** For people, in their language. */
  readonly message: string;
  readonly range: TextRange;
  /** Other places of the same document that have to do with it. */
  readonly related?: readonly { readonly range: TextRange; readonly message: string }[];
  /** What can be done about it; the first is the best. */
  readonly fixes?: readonly Fix[];
}

/** A repair that an editor offers. */
export interface Fix {
  /** For people, in their language, as an order: "Write dist/app.js". */
  readonly title: string;
  readonly edits: readonly TextReplacement[];
  /** May be done to every finding of a document at once, without a look at each. */
  readonly safe: boolean;
}

/** Replaces a range. */
export interface TextReplacement {
  readonly range: TextRange;
  readonly text: string;
}

/** Says a sentence in the person's language; `{0}` stands for the first value. */
export type Translate = (sentence: string, ...values: readonly (string | number)[]) => string;

/** Says one of the SDK's. */
export function said({ text, values }: Sentence, t: Translate): string {
  return t(text, ...values.map((value) => (typeof value === "object" ? said(value, t) : value)));
}

/** Says it in English. */
export const inEnglish: Translate = (sentence, ...values) =>
  sentence.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
