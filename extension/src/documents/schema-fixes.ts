/** What can be done about a finding of the schema: a member or a value that is nearly right, or not known at all. */
import { nearestWord } from "@outrider/sdk/schema";
import type {
  ASTNode,
  JSONSchema,
  MatchingSchema,
  TextDocument,
} from "vscode-json-languageservice";
import type { Fix, TextRange, Translate } from "./finding.ts";
import { removeProperty, replaceNode } from "./tree.ts";

/** A parsed document and the schemas that its nodes were held to. */
export interface MatchedDocument {
  readonly document: TextDocument;
  readonly matches: readonly MatchingSchema[];
  nodeAt(offset: number): ASTNode | undefined;
}

/** The repairs of the finding at this range. */
export function fixesAt(matched: MatchedDocument, { start, end }: TextRange, t: Translate): Fix[] {
  const [from, to] = [matched.document.offsetAt(start), matched.document.offsetAt(end)];
  const node = matched.nodeAt(from);
  if (node?.type !== "string" || node.offset !== from || node.offset + node.length !== to)
    return [];
  const property = node.parent;
  return property?.type === "property" && property.keyNode === node
    ? memberFixes(matched, node, property, t)
    : valueFixes(matched, node, t);
}

/** Only a member that no schema of its object knows: else the finding is about its value. */
function memberFixes(
  matched: MatchedDocument,
  key: ASTNode & { readonly value: string },
  property: ASTNode,
  t: Translate,
): Fix[] {
  const owner = property.parent;
  if (owner?.type !== "object") return [];
  const known = schemasOf(matched, owner).flatMap(({ properties }) =>
    Object.keys(properties ?? {}),
  );
  if (known.length === 0 || known.includes(key.value)) return [];
  const present = new Set(owner.properties.map(({ keyNode }) => keyNode.value));
  const meant = nearestWord(
    key.value,
    known.filter((name) => !present.has(name)),
  );
  const { document } = matched;
  return [
    ...(meant === undefined ? [] : [write(document, key, meant, t)]),
    { title: t("Remove {0}", key.value), edits: [removeProperty(document, property)], safe: false },
  ];
}

function valueFixes(
  matched: MatchedDocument,
  node: ASTNode & { readonly value: string },
  t: Translate,
): Fix[] {
  const allowed = schemasOf(matched, node)
    .flatMap(({ enum: values }) => values ?? [])
    .filter((value) => typeof value === "string");
  const meant = nearestWord(node.value, allowed);
  return meant === undefined || meant === node.value
    ? []
    : [write(matched.document, node, meant, t)];
}

function write(document: TextDocument, node: ASTNode, word: string, t: Translate): Fix {
  return { title: t("Write {0}", word), edits: [replaceNode(document, node, word)], safe: false };
}

function schemasOf({ matches }: MatchedDocument, node: ASTNode): JSONSchema[] {
  return matches.flatMap((match) => (match.node === node ? [match.schema] : []));
}
