/** What package.json promises is there once the extension is active: commands, and answers in every folder. */
import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import * as vscode from "vscode";
import { extensionNamed } from "../extension.ts";

interface Promises {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe("what package.json promises", () => {
  const extension = extensionNamed("outrider.outrider");
  before(async () => extension.activate());

  it("every command is registered", async () => {
    const { contributes } = extension.packageJSON as Promises;
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributes.commands.filter(({ command }) => !registered.has(command)),
      [],
    );
  });

  it("two folders: manifests of both are examined, outlined and explained", async () => {
    const folders = vscode.workspace.workspaceFolders ?? [];
    assert.equal(folders.length, 2);
    for (const { uri } of folders) await examine(vscode.Uri.joinPath(uri, "broken.outrider.json"));
  });
});

async function examine(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  assert.equal(document.languageId, "outrider");
  const outline = await vscode.commands.executeCommand<readonly vscode.DocumentSymbol[]>(
    "vscode.executeDocumentSymbolProvider",
    uri,
  );
  assert.ok(outline.length > 0, "there is no outline");
  const at = document.positionAt(document.getText().indexOf('"name"') + 2);
  const hovers = await vscode.commands.executeCommand<readonly vscode.Hover[]>(
    "vscode.executeHoverProvider",
    uri,
    at,
  );
  assert.ok(hovers.length > 0, "nothing is explained");
  const proposals = await vscode.commands.executeCommand<vscode.CompletionList>(
    "vscode.executeCompletionItemProvider",
    uri,
    document.positionAt(document.getText().indexOf("{") + 1),
  );
  assert.ok(proposals.items.length > 0, "nothing is proposed");
  for (let left = 450; problemsOf(uri) === 0; left--) {
    assert.ok(left > 0, "no problem was found");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function problemsOf(uri: vscode.Uri): number {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "outrider").length;
}
