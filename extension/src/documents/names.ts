/** The names that documents share: groups of agents and fingerprints of keys; where each is given, and where used. */
import type { ASTNode, TextDocument } from "vscode-json-languageservice";
import type { TextRange } from "./finding.ts";
import { pointerOf } from "./tree.ts";

/** What is named. */
export type NameKind = "group" | "key";

/** One place that names something. */
export interface PlacedName {
  readonly kind: NameKind;
  readonly value: string;
  /** Without the quotes. */
  readonly range: TextRange;
  /** Says who or what it is, rather than uses it. */
  readonly isDefinition: boolean;
}

interface Place {
  readonly schema: string;
  readonly pointer: RegExp;
  readonly kind: NameKind;
  readonly isDefinition?: boolean;
}

const places: readonly Place[] = [
  { schema: "push", pointer: /^\/audience\/groups\/\d+$/, kind: "group" },
  { schema: "push", pointer: /^\/rollout\/waves\/\d+\/group$/, kind: "group" },
  { schema: "outrider", pointer: /^\/rollout\/waves\/\d+\/group$/, kind: "group" },
  {
    schema: "server",
    pointer: /^\/agents\/\d+\/groups\/\d+$/,
    kind: "group",
    isDefinition: true,
  },
  { schema: "agent", pointer: /^\/groups\/\d+$/, kind: "group" },
  {
    schema: "trust",
    pointer: /^\/roles\/push\/\d+\/groups\/\d+$/,
    kind: "group",
    isDefinition: true,
  },
  { schema: "trust", pointer: /^\/keys\/\d+\/fingerprint$/, kind: "key", isDefinition: true },
  { schema: "trust", pointer: /^\/roles\/(?:[^/]+\/)*keys\/\d+$/, kind: "key" },
  { schema: "trust", pointer: /^\/revoked\/keys\/\d+$/, kind: "key" },
  { schema: "server", pointer: /\/gpg$/, kind: "key" },
];

/** Every name in a document. */
export function findNames(
  document: TextDocument,
  root: ASTNode | undefined,
  schema: string,
): PlacedName[] {
  const own = places.filter((place) => place.schema === schema);
  const found: PlacedName[] = [];
  const walk = (node: ASTNode): void => {
    if (node.type === "string" && node.parent?.type !== "object") {
      const pointer = pointerOf(node);
      const place = own.find((candidate) => candidate.pointer.test(pointer));
      if (place !== undefined) found.push(nameAt(document, node, place));
    }
    for (const child of node.children ?? []) walk(child);
  };
  if (root !== undefined) walk(root);
  return found;
}

function nameAt(
  document: TextDocument,
  { length, offset, value }: ASTNode & { readonly type: "string" },
  { isDefinition = false, kind }: Place,
): PlacedName {
  const range = {
    start: document.positionAt(offset + 1),
    end: document.positionAt(offset + length - 1),
  };
  return { kind, value, range, isDefinition };
}

/** May a group be called this? The schema's own grammar. */
export function isGroupName(text: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/.test(text);
}
