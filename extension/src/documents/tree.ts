/** Places and edits in the tree of a parsed document, by JSON pointer (RFC 6901). */
import type { ASTNode, TextDocument } from "vscode-json-languageservice";
import type { TextRange, TextReplacement } from "./finding.ts";
import { indentUnit, jsonText } from "./json-text.ts";

/** The value at a pointer; `undefined` where there is none. */
export function nodeAt(root: ASTNode | undefined, pointer: string): ASTNode | undefined {
  let node = root;
  for (const part of pointer.split("/").slice(1)) {
    const key = unescaped(part);
    if (node?.type === "object")
      node = node.properties.find(({ keyNode }) => keyNode.value === key)?.valueNode;
    else if (node?.type === "array") node = node.items[Number(key)];
    else return undefined;
  }
  return node;
}

/** The pointer to a value; empty for a key and for the whole. */
export function pointerOf(node: ASTNode): string {
  const { parent } = node;
  if (parent?.type === "array") return `${pointerOf(parent)}/${parent.items.indexOf(node)}`;
  if (parent?.type !== "property" || parent.valueNode !== node || parent.parent === undefined)
    return "";
  const key = parent.keyNode.value.replaceAll("~", "~0").replaceAll("/", "~1");
  return `${pointerOf(parent.parent)}/${key}`;
}

/** The range of a node. */
export function rangeOf(document: TextDocument, { offset, length }: ASTNode): TextRange {
  return { start: document.positionAt(offset), end: document.positionAt(offset + length) };
}

/** Writes another value in the place of a node. */
export function replaceNode(
  document: TextDocument,
  node: ASTNode,
  value: unknown,
): TextReplacement {
  const { start, end } = rangeOf(document, node);
  const line = document.getText({ start: { ...start, character: 0 }, end: start });
  const indent = /^[ \t]*/.exec(line)?.[0] ?? "";
  return { range: { start, end }, text: jsonText(value, indent, indentUnit(document.getText())) };
}

/** Takes an element out of its array, with the comma and the line it stood on. */
export function removeElement(document: TextDocument, node: ASTNode): TextReplacement {
  return removeOf(document, node, node.parent?.type === "array" ? node.parent.items : [node]);
}

/** Takes a member out of its object, likewise. */
export function removeProperty(document: TextDocument, node: ASTNode): TextReplacement {
  return removeOf(document, node, node.parent?.type === "object" ? node.parent.properties : [node]);
}

function removeOf(
  document: TextDocument,
  node: ASTNode,
  siblings: readonly ASTNode[],
): TextReplacement {
  const at = siblings.indexOf(node);
  const next = siblings[at + 1];
  const previous = siblings[at - 1];
  const [from, to] =
    next !== undefined
      ? [node.offset, next.offset]
      : [previous === undefined ? node.offset : endOf(previous), endOf(node)];
  return { range: { start: document.positionAt(from), end: document.positionAt(to) }, text: "" };
}

/**
 * Writes a member, where it is or as the last of its object; `undefined` takes it out.
 *
 * An object that is not there yet is made.
 */
export function writeMember(
  document: TextDocument,
  root: ASTNode | undefined,
  pointer: string,
  value: unknown,
): TextReplacement[] {
  const node = nodeAt(root, pointer);
  if (node !== undefined) {
    if (value !== undefined) return [replaceNode(document, node, value)];
    return node.parent === undefined ? [] : [removeProperty(document, node.parent)];
  }
  const at = pointer.lastIndexOf("/");
  const owner = nodeAt(root, pointer.slice(0, at));
  if (value === undefined) return [];
  const member = pointer.slice(at + 1);
  if (owner === undefined && at > 0)
    return writeMember(document, root, pointer.slice(0, at), { [unescaped(member)]: value });
  if (owner?.type !== "object") return [];
  return [
    addBehind(document, owner, owner.properties, value, `${JSON.stringify(unescaped(member))}: `),
  ];
}

/** Adds an element as the last of its array, making the array where there is none. */
export function addElement(
  document: TextDocument,
  root: ASTNode | undefined,
  pointer: string,
  value: unknown,
): TextReplacement[] {
  const array = nodeAt(root, pointer);
  if (array === undefined) return writeMember(document, root, pointer, [value]);
  if (array.type !== "array") return [];
  return [addBehind(document, array, array.items, value)];
}

/** Makes an array hold these strings: those that are there already keep their text. */
export function writeElements(
  document: TextDocument,
  root: ASTNode | undefined,
  pointer: string,
  values: readonly string[],
): TextReplacement[] {
  const array = nodeAt(root, pointer);
  if (array?.type !== "array" || array.items.length === 0)
    return writeMember(document, root, pointer, values);
  const kept = Math.min(array.items.length, values.length);
  const changed = array.items
    .slice(0, kept)
    .flatMap((node, at) =>
      node.value === values[at] ? [] : [replaceNode(document, node, values[at])],
    );
  const added = values.slice(kept).map((value) => addBehind(document, array, array.items, value));
  return [...changed, ...joined(added), ...cutBehind(document, array.items, kept)];
}

function cutBehind(
  document: TextDocument,
  items: readonly ASTNode[],
  kept: number,
): TextReplacement[] {
  const [lastKept, last] = [items[kept - 1], items.at(-1)];
  if (lastKept === undefined || last === undefined || last === lastKept) return [];
  const [start, end] = [endOf(lastKept), endOf(last)].map((at) => document.positionAt(at));
  return start === undefined || end === undefined ? [] : [{ range: { start, end }, text: "" }];
}

/** Several at one place are one. */
function joined(edits: readonly TextReplacement[]): TextReplacement[] {
  const [first] = edits;
  return first === undefined ? [] : [{ ...first, text: edits.map(({ text }) => text).join("") }];
}

/** As the others stand: on a line of its own, or on theirs. @param name of a member, with its colon */
function addBehind(
  document: TextDocument,
  owner: ASTNode,
  siblings: readonly ASTNode[],
  value: unknown,
  name = "",
): TextReplacement {
  const last = siblings.at(-1);
  const at = document.positionAt(last === undefined ? owner.offset + 1 : endOf(last));
  const gap =
    last === undefined ? "" : (/\s*$/.exec(document.getText().slice(0, last.offset))?.[0] ?? "");
  const indent = gap.includes("\n") ? gap.slice(gap.lastIndexOf("\n") + 1) : undefined;
  const text = `${name}${jsonText(value, indent, indentUnit(document.getText()))}`;
  return {
    range: { start: at, end: at },
    text: last === undefined ? text : `,${gap === "" ? " " : gap}${text}`,
  };
}

/** Puts an element before another of its array; both keep their own text. */
export function moveElement(
  document: TextDocument,
  moved: ASTNode,
  before: ASTNode,
): TextReplacement[] {
  const text = document.getText();
  const own = text.slice(moved.offset, endOf(moved));
  const gap = /\s*$/.exec(text.slice(0, before.offset))?.[0] ?? "";
  const start = document.positionAt(before.offset);
  return [
    { range: { start, end: start }, text: `${own},${gap === "" ? " " : gap}` },
    removeElement(document, moved),
  ];
}

function endOf({ offset, length }: ASTNode): number {
  return offset + length;
}

function unescaped(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
