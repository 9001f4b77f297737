/** The members of our documents that name a file or a folder beside them. */
import type { ASTNode, TextDocument } from "vscode-json-languageservice";
import type { TextRange } from "./finding.ts";

/** A path in a document. */
export interface WrittenPath {
  /** As it is written: relative to the document's folder. */
  readonly path: string;
  /** Without the quotes. */
  readonly range: TextRange;
}

const membersOf: Readonly<Record<string, readonly string[]>> = {
  outrider: ["from", "base"],
  server: [
    "trustFile",
    "file",
    "passphraseFile",
    "tokenFile",
    "tlsCertificateFile",
    "tlsKeyFile",
    "passwordFile",
    "caFile",
    "dataDirectory",
    "root",
  ],
  agent: [
    "trustFile",
    "passwordFile",
    "accessTokenFile",
    "caFile",
    "dataDirectory",
    "installDirectory",
    "path",
    "root",
  ],
};

/** Does the value at the pointer name a file or a folder? */
export function isPathMember(schema: string, pointer: string): boolean {
  return membersOf[schema]?.includes(pointer.slice(pointer.lastIndexOf("/") + 1)) === true;
}

const magic = /[*?[\]{}]/;

/** Every path that is no pattern and leads to nothing above the document's folder by a fixed route. */
export function findPaths(
  document: TextDocument,
  root: ASTNode | undefined,
  schema: string,
): WrittenPath[] {
  return findWrittenPaths(document, root, schema).filter(({ path }) => !magic.test(path));
}

/** The same and patterns, such as `dist/**`. */
export function findWrittenPaths(
  document: TextDocument,
  root: ASTNode | undefined,
  schema: string,
): WrittenPath[] {
  const members = membersOf[schema] ?? [];
  const found: WrittenPath[] = [];
  const walk = (node: ASTNode): void => {
    if (node.type === "property" && node.valueNode?.type === "string") {
      const { length, offset, value } = node.valueNode;
      if (!members.includes(node.keyNode.value) || !isRelative(value)) return;
      const [start, end] = [
        document.positionAt(offset + 1),
        document.positionAt(offset + length - 1),
      ];
      found.push({ path: value, range: { start, end } });
      return;
    }
    for (const child of node.children ?? []) walk(child);
  };
  if (root !== undefined) walk(root);
  return found;
}

/** A share or an absolute path is another machine's business: it is never even looked at (THREATS N14). */
function isRelative(path: string): boolean {
  return path !== "" && !/^([/\\]|[A-Za-z]:|~)/.test(path) && !path.includes("\\");
}
