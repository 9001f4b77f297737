/**
 * What is wrong with a document's text: the SDK decides, the language service points.
 *
 * The SDK's verdict is the command line's and the agents'. The service knows ranges and speaks the person's language,
 * so its findings are shown; where it has none and the SDK refuses (a `__proto__`, 65 levels), the SDK's are.
 */
import { isOutriderError, type ErrorCode } from "@outrider/sdk/errors";
import { findProblems, type FileKind } from "@outrider/sdk/schema";
import {
  ErrorCode as JsonCode,
  type Diagnostic,
  type TextDocument,
} from "vscode-json-languageservice";
import { said, type Finding, type TextRange, type Translate } from "./finding.ts";
import { fixesAt } from "./schema-fixes.ts";
import type { JsonServices } from "./service.ts";

/** Everything that is wrong; empty where the SDK accepts the text. */
export async function examineText(
  document: TextDocument,
  kind: FileKind,
  services: JsonServices,
  t: Translate,
): Promise<Finding[]> {
  const refused = refusals(document, kind, t);
  if (refused.length === 0) return [];
  const told = (await serviceFindings(document, kind.schema, services)).map(toFinding);
  if (told.length === 0) return refused;
  const service = services(kind.schema);
  const parsed = service.parseJSONDocument(document);
  const matches = await service.getMatchingSchemas(document, parsed);
  const matched = { document, matches, nodeAt: (at: number) => parsed.getNodeFromOffset(at) };
  return [
    ...refused.filter(({ code }) => onlyOurs.has(code)),
    ...told.map((finding) => ({ ...finding, fixes: fixesAt(matched, finding.range, t) })),
  ];
}

/** What the language service has no eyes for. */
const onlyOurs: ReadonlySet<ErrorCode> = new Set(["JSON_FORBIDDEN_KEY", "JSON_TOO_DEEP"]);

/** The language service's own findings. */
export async function serviceFindings(
  document: TextDocument,
  schema: string,
  services: JsonServices,
): Promise<Diagnostic[]> {
  const service = services(schema);
  return service.doValidation(document, service.parseJSONDocument(document), {
    comments: "error",
    trailingCommas: "error",
    schemaValidation: "error",
  });
}

function refusals(document: TextDocument, kind: FileKind, t: Translate): Finding[] {
  const finding = (code: ErrorCode, message: string, line = 1, column = 1): Finding => ({
    code,
    severity: "error",
    message,
    range: tokenAt(document, { line: line - 1, character: column - 1 }),
  });
  if (document.getText().trim() === "")
    return [
      finding("JSON_SYNTAX", t("There is nothing in it: begin with a brace, or take a proposal.")),
    ];
  try {
    return findProblems(document.getText(), kind.validator, "").map(
      ({ pointer, message, line, column }) =>
        finding("DOCUMENT_INVALID", `${pointer} ${message}.`.trim(), line, column),
    );
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    const what = error.sentence?.values.at(-1); // the others say where, as the range does
    const message = typeof what === "object" ? `${said(what, t)}.` : error.message;
    const sentence = message.charAt(0).toUpperCase() + message.slice(1);
    return [finding(error.code, sentence, error.position?.line, error.position?.column)];
  }
}

function toFinding({ code, message, range }: Diagnostic): Finding {
  const text = typeof message === "string" ? message : message.value;
  return { code: codeOf(Number(code)), severity: "error", message: text, range };
}

/** The service's numbers: 1 and 2 are the schema's, from 257 on the grammar's. */
function codeOf(code: number): ErrorCode {
  if (code === JsonCode.DuplicateKey) return "JSON_DUPLICATE_KEY";
  return code >= JsonCode.UnexpectedEndOfComment && code < JsonCode.SchemaUnsupportedFeature
    ? "JSON_SYNTAX"
    : "DOCUMENT_INVALID";
}

/** The string, number or word that begins there; at least one character. */
function tokenAt(document: TextDocument, start: TextRange["start"]): TextRange {
  const offset = document.offsetAt(start);
  const token = /^(?:"(?:[^"\\\n]|\\.)*"|[^\s,:[\]{}"]+|.)/.exec(
    document.getText().slice(offset, offset + 1000),
  );
  return { start, end: document.positionAt(offset + (token?.[0].length ?? 1)) };
}
