/** Completion of the paths in our documents, from the folder beside them; nothing above it is ever looked at. */
import * as vscode from "vscode";
import { languageIds } from "../documents/languages.ts";
import { loadDocuments, stringAt } from "./load-documents.ts";

/** Registers the proposals. */
export function registerPathProposals(): vscode.Disposable {
  return vscode.languages.registerCompletionItemProvider(
    [...languageIds],
    { provideCompletionItems: propose },
    '"',
    "/",
  );
}

const hidden: ReadonlySet<string> = new Set([".git", "node_modules"]);

async function propose(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.CompletionItem[]> {
  const { isPathMember } = await loadDocuments();
  const found = await stringAt(document, position);
  if (found === undefined || !isPathMember(found.schema, found.pointer)) return [];
  const written = document.getText(
    new vscode.Range(document.positionAt(found.offset + 1), position),
  );
  const folder = written.slice(0, written.lastIndexOf("/") + 1);
  if (!/^(?:[^/\\*?:]+\/)*$/.test(folder) || /(?:^|\/)\.\.?\//.test(folder)) return [];
  const range = new vscode.Range(position.translate(0, folder.length - written.length), position);
  const names = await namesIn(vscode.Uri.joinPath(document.uri, "..", folder));
  return names
    .filter(([name]) => !hidden.has(name))
    .map(([name, type]) => toProposal(name, (type & vscode.FileType.Directory) !== 0, range));
}

async function namesIn(folder: vscode.Uri): Promise<readonly [string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return []; // no such folder: nothing to propose
  }
}

/** After a folder the next proposals follow at once. */
function toProposal(name: string, isFolder: boolean, range: vscode.Range): vscode.CompletionItem {
  const { File, Folder } = vscode.CompletionItemKind;
  const item = new vscode.CompletionItem(isFolder ? `${name}/` : name, isFolder ? Folder : File);
  // JSON's own escapes, without its quotes.
  item.insertText = JSON.stringify(isFolder ? `${name}/` : name).slice(1, -1);
  item.range = range;
  item.sortText = `${isFolder ? "0" : "1"}${name}`;
  if (isFolder) item.command = { command: "editor.action.triggerSuggest", title: "" };
  return item;
}
