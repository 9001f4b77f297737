/** Which source manifest is meant where none is in front of the person; where there is none, how one comes to be. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";

/** The workspace's only one, or one of several. @returns `undefined` where there is none, or the person leaves */
export async function chooseSource(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(
    "**/{outrider.json,*.outrider.json}",
    "**/node_modules/**",
    200,
  );
  if (found.length < 2) {
    if (found.length === 0) void offerToWrite();
    return found[0];
  }
  const picked = await vscode.window.showQuickPick(
    found.map((uri) => ({ label: `$(file) ${vscode.workspace.asRelativePath(uri)}`, uri })),
    { title: t("Build"), placeHolder: t("Which manifest?"), ignoreFocusOut: true },
  );
  return picked?.uri;
}

async function offerToWrite(): Promise<void> {
  const [write, sample] = [t("New Manifest…"), t("Open Sample Workspace")];
  const text = t("There is no manifest in this workspace yet.");
  const answer = await vscode.window.showInformationMessage(text, write, sample);
  if (answer === write) await vscode.commands.executeCommand("outrider.newManifest");
  if (answer === sample) await vscode.commands.executeCommand("outrider.openSample");
}
