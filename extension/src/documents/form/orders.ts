/**
 * What a person ordered on the form, as edits of the text: one order is one small edit, and only of what the form has
 * shown as it is. An order that a change of the text has overtaken comes to nothing.
 */
import type { ASTNode, TextDocument } from "vscode-json-languageservice";
import type { Adder, Field, FromForm, Group } from "../../form/messages.ts";
import { numberText } from "../../form/number-text.ts";
import type { TextReplacement } from "../finding.ts";
import {
  addElement,
  moveElement,
  nodeAt,
  removeElement,
  removeProperty,
  writeElements,
  writeMember,
} from "../tree.ts";
import { answeredValue } from "./written.ts";

/** An order that changes the text. */
export type FormOrder = Exclude<FromForm, { kind: "ready" | "openText" }>;

/** The text now, and its form now. */
export interface FormDocument {
  readonly document: TextDocument;
  readonly root: ASTNode | undefined;
  readonly content: Group;
  /** The version since which everything has kept its place. */
  readonly since: number;
}

/** The edits; none where the order does not hold any more. */
export function editsOfOrder(now: FormDocument, order: FormOrder): readonly TextReplacement[] {
  if (order.kind === "write") return written(now, order);
  if (order.kind === "add") return added(now, order.pointer);
  if (order.version < now.since) return [];
  const row = groupsOf(now.content).find(({ pointer }) => pointer === order.pointer)?.row;
  const node = nodeAt(now.root, order.pointer);
  if (row === undefined || node === undefined) return [];
  if (order.kind === "remove") return [removed(now.document, node)];
  return moved(now.document, node, order.kind === "rise" ? -1 : 1);
}

function written(
  { content, document, root }: FormDocument,
  { pointer, value, was }: FormOrder & { kind: "write" },
): readonly TextReplacement[] {
  const field = fieldsOf(content).find((candidate) => candidate.pointer === pointer);
  if (field === undefined || field.strange !== undefined || field.value !== was) return [];
  if (field.control.kind === "number" && !numberText.test(value)) return [];
  const answer = answeredValue(field.control, value);
  return Array.isArray(answer)
    ? writeElements(document, root, pointer, answer)
    : writeMember(document, root, pointer, answer);
}

function added({ content, document, root }: FormDocument, pointer: string): TextReplacement[] {
  const adder = groupsOf(content)
    .flatMap(({ adders }) => adders)
    .find((candidate) => candidate.pointer === pointer);
  if (adder === undefined) return [];
  const { fresh } = adder;
  return isElement(adder)
    ? addElement(document, root, pointer, fresh)
    : writeMember(document, root, pointer, fresh);
}

function isElement({ next, pointer }: Adder): boolean {
  return next !== pointer;
}

/** An element, or a member with its name; the last of its array takes the array along. */
function removed(document: TextDocument, node: ASTNode): TextReplacement {
  const { parent } = node;
  if (parent?.type !== "array") return removeProperty(document, parent ?? node);
  const isLast = parent.items.length === 1 && parent.parent?.type === "property";
  return isLast ? removeProperty(document, parent.parent) : removeElement(document, node);
}

function moved(document: TextDocument, node: ASTNode, by: -1 | 1): TextReplacement[] {
  const siblings = node.parent?.type === "array" ? node.parent.items : [];
  const other = siblings[siblings.indexOf(node) + by];
  if (other === undefined) return [];
  return by === -1 ? moveElement(document, node, other) : moveElement(document, other, node);
}

/** Every field. */
export function fieldsOf(content: Group): readonly Field[] {
  return groupsOf(content).flatMap(({ fields }) => fields);
}

function groupsOf(content: Group): readonly Group[] {
  return [content, ...content.groups.flatMap(groupsOf)];
}
