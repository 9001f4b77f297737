/** Asks for a passphrase. A button beside the field keeps it in the editor's secret storage; else it is used once. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";

/**
 * @param keep stores it where the person says so; without it there is no such button.
 * @returns `undefined` where the person leaves.
 */
export async function askPassphrase(
  title: string,
  owner: string,
  keep?: (passphrase: string) => Thenable<void>,
): Promise<string | undefined> {
  const input = vscode.window.createInputBox();
  const forget = {
    iconPath: new vscode.ThemeIcon("unlock"),
    tooltip: t("Keep it in the editor's secret storage"),
  };
  const kept = {
    iconPath: new vscode.ThemeIcon("lock"),
    tooltip: t("It will be kept in the editor's secret storage"),
  };
  let isKept = false;
  input.title = title;
  input.prompt = t("Passphrase of {0}", owner);
  input.password = true;
  input.ignoreFocusOut = true;
  input.buttons = keep === undefined ? [] : [forget];
  try {
    const given = await new Promise<string | undefined>((resolve) => {
      input.onDidTriggerButton(() => {
        isKept = !isKept;
        input.buttons = [isKept ? kept : forget];
      });
      input.onDidAccept(() => resolve(input.value));
      input.onDidHide(() => resolve(undefined));
      input.show();
    });
    if (given !== undefined && isKept) await keep?.(given);
    return given;
  } finally {
    input.dispose();
  }
}
