/** When a payload file or folder is renamed or moved in the explorer, the manifests that name it follow. */
import * as vscode from "vscode";

/** Registers the listener. The edit goes with the rename: one undo takes both back. */
export function registerMovedFiles(): vscode.Disposable {
  return vscode.workspace.onWillRenameFiles((event) => {
    event.waitUntil(import("./follow-moves.ts").then(({ editsFor }) => editsFor(event.files)));
  });
}
