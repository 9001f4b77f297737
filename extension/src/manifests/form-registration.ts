/** Registers the form editor and the command that opens it; its code is loaded when a form is first opened. */
import * as vscode from "vscode";
import type { Problems } from "../editor/problems.ts";

const viewType = "outrider.manifestForm";

/** Registers both. */
export function registerFormEditor(
  { extensionUri }: vscode.ExtensionContext,
  problems: Problems,
): vscode.Disposable {
  const dist = vscode.Uri.joinPath(extensionUri, "dist/form");
  return vscode.Disposable.from(
    vscode.window.registerCustomEditorProvider(
      viewType,
      {
        async resolveCustomTextEditor(document: vscode.TextDocument, panel: vscode.WebviewPanel) {
          const { openForm } = await import("./form-editor.ts");
          openForm({ document, panel, dist, problems });
        },
      },
      { supportsMultipleEditorsPerDocument: true },
    ),
    vscode.commands.registerCommand("outrider.openForm", async (given: unknown) => {
      const uri =
        given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
      if (uri !== undefined) await vscode.commands.executeCommand("vscode.openWith", uri, viewType);
    }),
  );
}
