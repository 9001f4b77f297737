/** Holds a parsed document to its generated validator and says what is wrong in a person's words. */
import { OutriderError } from "../errors/index.ts";
import type { ValidationError, Validator } from "./generated/validator.ts";
import { locatePointer, parseJsonText, positionAt } from "./json.ts";

/** A finding with its place. */
export interface Problem {
  /** JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly message: string;
  readonly line: number;
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
  const errors: readonly ValidationError[] = validator.errors ?? [];
  const seen = new Set<string>();
  return mostTelling(errors).flatMap((finding) => {
    const pointer = pointerOf(finding);
    const message = messageOf(finding);
    if (seen.has(pointer + message)) return [];
    seen.add(pointer + message);
    return [{ pointer, message, ...positionAt(text, locatePointer(text, pointer)) }];
  });
}

/**
 * Parses and checks.
 *
 * @returns the document, typed by its validator.
 * @throws DOCUMENT_INVALID with pointer and position, and the codes of parseJson.
 */
export function readDocumentText<T>(text: string, validator: Validator<T>, subject: string): T {
  const value = parseJsonText(text, subject);
  if (validator(value)) return value;
  const finding = mostTelling(validator.errors ?? [])[0];
  const pointer = finding === undefined ? "" : pointerOf(finding);
  const position = positionAt(text, locatePointer(text, pointer));
  const message = finding === undefined ? "does not match its schema" : messageOf(finding);
  throw new OutriderError(
    "DOCUMENT_INVALID",
    `${subject}:${position.line}:${position.column}: ${pointer === "" ? "the document" : pointer} ${message}.`,
    { subject, pointer, position },
  );
}

/** Alternatives (`oneOf`, `anyOf`) fail as a bundle: the summary is said only where no branch says more. */
function mostTelling(findings: readonly ValidationError[]): readonly ValidationError[] {
  const concrete = findings.filter(
    ({ keyword }) => keyword !== "oneOf" && keyword !== "anyOf" && keyword !== "const",
  );
  return concrete.length > 0 ? concrete : findings;
}

function pointerOf({ instancePath, params }: ValidationError): string {
  const extra = params["additionalProperty"];
  return typeof extra === "string"
    ? `${instancePath}/${extra.replaceAll("~", "~0").replaceAll("/", "~1")}`
    : instancePath;
}

function messageOf({ keyword, message, params }: ValidationError): string {
  if (keyword === "additionalProperties") return "is not a known member here";
  if (keyword === "required") return `lacks the member "${String(params["missingProperty"])}"`;
  if (keyword === "enum")
    return `must be one of ${(params["allowedValues"] as readonly unknown[]).map((v) => JSON.stringify(v)).join(", ")}`;
  if (keyword === "const") return `must be ${JSON.stringify(params["allowedValue"])}`;
  return message ?? "does not match its schema";
}
