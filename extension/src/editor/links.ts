/** Makes the paths in our documents links: a file opens, a folder is shown in the explorer. */
import * as vscode from "vscode";
import { languageIds } from "../documents/languages.ts";
import { toRange } from "./conversion.ts";
import { loadDocuments, serve } from "./load-documents.ts";

/** Registers the links. */
export function registerLinks(): vscode.Disposable {
  return vscode.languages.registerDocumentLinkProvider([...languageIds], {
    async provideDocumentLinks(document, { isCancellationRequested }) {
      const { findPaths } = await loadDocuments();
      const { json, schema, service } = await serve(document);
      const { root } = service.parseJSONDocument(json);
      const links: vscode.DocumentLink[] = [];
      for (const { path, range } of findPaths(json, root, schema)) {
        if (isCancellationRequested) return [];
        const target = await targetOf(vscode.Uri.joinPath(document.uri, "..", path));
        if (target !== undefined) links.push(new vscode.DocumentLink(toRange(range), target));
      }
      return links;
    },
  });
}

async function targetOf(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.Directory) === 0) return uri;
    const options = encodeURIComponent(JSON.stringify([uri.toJSON()]));
    return vscode.Uri.parse(`command:revealInExplorer?${options}`);
  } catch {
    return undefined; // not there: that it is missing is told as a problem
  }
}
