/**
 * What a person has done, for the walkthrough: its steps tick when something was done, however it was begun, and not
 * when it was only tried.
 */
import * as vscode from "vscode";

/** Named in package.json as `outrider.NAME`. */
export type Milestone =
  | "built"
  | "dashboardShown"
  | "manifestOpened"
  | "pushed"
  | "serverAdded"
  | "serverStarted"
  | "signed";

/** Tells it. VS Code ticks when a context becomes true while it looks, so it is true for a moment only. */
export function reach(milestone: Milestone): void {
  const tell = (value: boolean): Thenable<unknown> =>
    vscode.commands.executeCommand("setContext", `outrider.${milestone}`, value);
  void tell(true).then(() => tell(false));
}

/** Tells when a manifest is in front of the person. */
export function registerMilestones(): vscode.Disposable {
  const look = (editor: vscode.TextEditor | undefined): void => {
    if (editor?.document.languageId === "outrider") reach("manifestOpened");
  };
  look(vscode.window.activeTextEditor);
  return vscode.window.onDidChangeActiveTextEditor(look);
}
