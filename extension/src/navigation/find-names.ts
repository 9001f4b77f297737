/**
 * "Go to Definition" and "Find All References" of groups and keys over all files of the workspace, and renaming of
 * groups. A signed trust document is never changed: a signature covers its exact bytes.
 */
import { OutriderError, say } from "@outrider/sdk/errors";
import * as vscode from "vscode";
import type { PlacedName } from "../documents/index.ts";
import { toRange } from "../editor/conversion.ts";
import { t } from "../editor/l10n.ts";
import { loadDocuments, serve } from "../editor/load-documents.ts";
import { readText } from "../editor/text.ts";

/** A name and the file that it stands in. */
interface Found extends PlacedName {
  readonly uri: vscode.Uri;
  /** Name of the file's schema. */
  readonly schema: string;
}

const elsewhere = "**/{node_modules,.git}/**";
const mostFiles = 1000;

/** Where the group or key at a position is defined. */
export async function definitionsOf(
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.Location[]> {
  const all = await sameAs(document, position, token);
  return all.filter(({ isDefinition }) => isDefinition).map(toLocation);
}

/** Where it is used, and where it is defined if that is wanted, too. */
export async function referencesOf(
  document: vscode.TextDocument,
  position: vscode.Position,
  { includeDeclaration }: vscode.ReferenceContext,
  token: vscode.CancellationToken,
): Promise<vscode.Location[]> {
  const all = await sameAs(document, position, token);
  return all.filter(({ isDefinition }) => includeDeclaration || !isDefinition).map(toLocation);
}

/** What would be renamed at a position. @throws where that is no group */
export async function prepareRename(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<{ range: vscode.Range; placeholder: string }> {
  const name = await nameUnder(document, position);
  if (name?.kind !== "group") throw new Error(t("Only groups can be renamed here."));
  return { range: toRange(name.range), placeholder: name.value };
}

/** Renames a group. @throws DOCUMENT_INVALID */
export async function rename(
  document: vscode.TextDocument,
  position: vscode.Position,
  wanted: string,
  token: vscode.CancellationToken,
): Promise<vscode.WorkspaceEdit> {
  const { isGroupName } = await loadDocuments();
  if (!isGroupName(wanted))
    throw new OutriderError(
      "DOCUMENT_INVALID",
      say("{0} cannot be a group: letters, digits, dots, underscores and hyphens.", wanted),
    );
  const edit = new vscode.WorkspaceEdit();
  for (const { range, schema, uri } of await sameAs(document, position, token))
    if (schema !== "trust") edit.replace(uri, toRange(range), wanted);
  return edit;
}

/** Every place in the workspace that names what is named at the position. */
async function sameAs(
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<Found[]> {
  const name = await nameUnder(document, position);
  if (name === undefined) return [];
  const { fileNames } = await loadDocuments();
  const pattern = `**/{${fileNames.join(",")}}`;
  const uris = await vscode.workspace.findFiles(pattern, elsewhere, mostFiles);
  const found: Found[] = [];
  for (const uri of uris) {
    if (token.isCancellationRequested) return [];
    const names = await namesIn(uri);
    found.push(...names.filter(({ kind, value }) => kind === name.kind && value === name.value));
  }
  return found;
}

async function nameUnder(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<PlacedName | undefined> {
  const { findNames } = await loadDocuments();
  const { json, schema, service } = await serve(document);
  const names = findNames(json, service.parseJSONDocument(json).root, schema);
  return names.find(({ range }) => toRange(range).contains(position));
}

async function namesIn(uri: vscode.Uri): Promise<Found[]> {
  const { createDocument, findNames, kindOfText, services } = await loadDocuments();
  try {
    const { languageId, text } = await readText(uri);
    const schema = kindOfText(languageId, text)?.schema;
    if (schema === undefined) return [];
    const json = createDocument(uri.toString(), 0, text);
    const { root } = services(schema).parseJSONDocument(json);
    return findNames(json, root, schema).map((name) => ({ ...name, uri, schema }));
  } catch {
    return []; // unreadable: told where it is opened
  }
}

function toLocation({ range, uri }: Found): vscode.Location {
  return new vscode.Location(uri, toRange(range));
}
