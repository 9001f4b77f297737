/** Loads the documents' part (schemas, validators, language service) when the first of our documents needs it. */
import type * as vscode from "vscode";
import type { LanguageService, TextDocument } from "vscode-json-languageservice";
import type * as DocumentsModule from "../documents/index.ts";
import type { JsonServices } from "../documents/index.ts";
import { t } from "./l10n.ts";

/** The part, with the language services made. */
export type Documents = typeof DocumentsModule & {
  readonly services: JsonServices;
};

let documents: Promise<Documents> | undefined;

/** The part; loaded once. */
export function loadDocuments(): Promise<Documents> {
  documents ??= import("../documents/index.ts").then((part) => ({
    ...part,
    services: part.createJsonServices(t),
  }));
  return documents;
}

/** An open document as the language service of its kind takes it. */
export interface ServedDocument {
  readonly service: LanguageService;
  readonly json: TextDocument;
  /** Name of its schema. */
  readonly schema: string;
}

/** Takes an open document of one of our languages to its service. */
export async function serve(document: vscode.TextDocument): Promise<ServedDocument> {
  const { createDocument, kindOfText, services } = await loadDocuments();
  const text = document.getText();
  const schema = kindOfText(document.languageId, text)?.schema ?? "outrider";
  const json = createDocument(document.uri.toString(), document.version, text);
  return { service: services(schema), json, schema };
}

/** A string value of a document. */
export interface StringValue {
  /** Name of the document's schema. */
  readonly schema: string;
  /** JSON pointer. */
  readonly pointer: string;
  readonly value: string;
  /** Where its first quote stands. */
  readonly offset: number;
}

/** The string value at a position; `undefined` where there is none. */
export async function stringAt(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<StringValue | undefined> {
  const { pointerOf } = await loadDocuments();
  const { json, schema, service } = await serve(document);
  const node = service.parseJSONDocument(json).getNodeFromOffset(json.offsetAt(position), true);
  if (node?.type !== "string" || node.parent?.type === "object") return undefined;
  return { schema, pointer: pointerOf(node), value: node.value, offset: node.offset };
}
