/** Holds a text to its generated validator: everything that is wrong, or the typed document. */
import { OutriderError } from "../errors/index.ts";
import { tellFindings, type Finding } from "./findings.ts";
import { locatePointer, parseJsonText, positionAt } from "./json.ts";
import type { Validator } from "./validator.ts";

/** A finding with its place. */
export interface Problem extends Finding {
  /** One-based. */
  readonly line: number;
  /** One-based. */
  readonly column: number;
}

/** Everything that is wrong with the text; empty if it is valid. @throws the codes of parseJson */
export function findProblems(
  text: string,
  validator: Validator<unknown>,
  subject: string,
): Problem[] {
  const value = parseJsonText(text, subject);
  if (validator(value)) return [];
  return tellFindings(validator.errors ?? []).map((finding) => ({
    ...finding,
    ...positionAt(text, locatePointer(text, finding.pointer)),
  }));
}

/**
 * Parses and checks.
 *
 * @returns the document, typed by its validator.
 * @throws DOCUMENT_INVALID with pointer and position, and the codes of parseJson
 */
export function readDocumentText<T>(text: string, validator: Validator<T>, subject: string): T {
  const value = parseJsonText(text, subject);
  if (validator(value)) return value;
  const { pointer, message } = tellFindings(validator.errors ?? [])[0] ?? {
    pointer: "",
    message: "does not match its schema",
  };
  const position = positionAt(text, locatePointer(text, pointer));
  throw new OutriderError(
    "DOCUMENT_INVALID",
    `${subject}:${position.line}:${position.column}: ${pointer === "" ? "the document" : pointer} ${message}.`,
    { subject, pointer, position },
  );
}
