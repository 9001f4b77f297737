/** Puts what the SDK remarks at its place in a text, and makes edits of its repairs that leave all else as written. */
import type { Change, Remark, Repair } from "@outrider/sdk/authoring";
import type { ASTNode, TextDocument } from "vscode-json-languageservice";
import {
  said,
  type Finding,
  type Fix,
  type TextRange,
  type TextReplacement,
  type Translate,
} from "./finding.ts";
import { moveElement, nodeAt, rangeOf, removeElement, replaceNode } from "./tree.ts";

/** A text that its schema accepts, and its tree. */
export interface ParsedText {
  readonly document: TextDocument;
  readonly root: ASTNode | undefined;
}

/** The finding that an editor shows. */
export function placeRemark(
  parsed: ParsedText,
  { code, severity, pointer, sentence, related = [], repairs = [] }: Remark,
  t: Translate,
): Finding {
  return {
    code,
    severity,
    message: said(sentence, t),
    range: rangeAt(parsed, pointer),
    related: related.map((place) => ({
      range: rangeAt(parsed, place.pointer),
      message: said(place.sentence, t),
    })),
    fixes: repairs.map((repair) => fixOf(parsed, repair, t)),
  };
}

function fixOf(parsed: ParsedText, { title, changes, safe }: Repair, t: Translate): Fix {
  return {
    title: said(title, t),
    edits: changes.flatMap((change) => editsOf(parsed, change)),
    safe,
  };
}

function editsOf({ document, root }: ParsedText, change: Change): TextReplacement[] {
  const node = nodeAt(root, change.pointer);
  if (node === undefined) return [];
  if (change.kind === "write") return [replaceNode(document, node, change.value)];
  if (change.kind === "remove") return [removeElement(document, node)];
  const before = nodeAt(root, change.before);
  return before === undefined ? [] : moveElement(document, node, before);
}

function rangeAt({ document, root }: ParsedText, pointer: string): TextRange {
  const node = nodeAt(root, pointer);
  return node === undefined || pointer === ""
    ? { start: document.positionAt(0), end: document.positionAt(1) }
    : rangeOf(document, node);
}
