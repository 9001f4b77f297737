/** When a payload file or folder is renamed or moved in the explorer, the manifests that name it follow. */
import * as vscode from "vscode";
import { toRange } from "../editor/conversion.ts";
import { loadDocuments } from "../editor/load-documents.ts";
import { readText } from "../editor/text.ts";

const elsewhere = "**/{node_modules,.git,dist}/**";

/** One file or folder that moves. */
export interface Move {
  readonly oldUri: vscode.Uri;
  readonly newUri: vscode.Uri;
}

/** What has to be written in the manifests of the workspace. */
export async function editsFor(moves: readonly Move[]): Promise<vscode.WorkspaceEdit> {
  const { fileNamesOf } = await loadDocuments();
  const pattern = `**/{${fileNamesOf("outrider").join(",")}}`;
  const edit = new vscode.WorkspaceEdit();
  for (const uri of await vscode.workspace.findFiles(pattern, elsewhere))
    for (const move of moves) await follow(uri, move, edit);
  return edit;
}

/** What leaves the manifest's folder is left as it is: that it is missing is told as a problem. */
async function follow(manifest: vscode.Uri, move: Move, edit: vscode.WorkspaceEdit): Promise<void> {
  const folder = `${vscode.Uri.joinPath(manifest, "..").path}/`;
  if (!move.oldUri.path.startsWith(folder) || !move.newUri.path.startsWith(folder)) return;
  const [before, after] = [move.oldUri, move.newUri].map(({ path }) => path.slice(folder.length));
  if (before === undefined || after === undefined) return;
  const { createDocument, findWrittenPaths, services } = await loadDocuments();
  const text = await readText(manifest).catch(() => undefined); // told where it is opened
  if (text === undefined) return;
  const json = createDocument(manifest.toString(), 0, text.text);
  const { root } = services("outrider").parseJSONDocument(json);
  for (const { path, range } of findWrittenPaths(json, root, "outrider")) {
    const moved = path === before ? after : undefined;
    const below = path.startsWith(`${before}/`) ? after + path.slice(before.length) : undefined;
    const wanted = moved ?? below;
    if (wanted !== undefined)
      edit.replace(manifest, toRange(range), JSON.stringify(wanted).slice(1, -1));
  }
}
