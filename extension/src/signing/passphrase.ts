/** Asks for a passphrase. It is used once, unless the button beside the field says that it is remembered. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";

/** What is asked. */
export interface PassphraseQuestion {
  readonly title: string;
  /** Whose key it opens. */
  readonly owner: string;
  /** What was wrong with the last one, for people. */
  readonly fault?: string | undefined;
  /** May it be remembered? */
  readonly offersMemory?: boolean;
  /** Takes the question away. */
  readonly signal?: AbortSignal | undefined;
}

/** What was answered. */
export interface GivenPassphrase {
  readonly passphrase: string;
  readonly isRemembered: boolean;
}

/** @returns `undefined` where the person leaves, or the question was taken away */
export async function askPassphrase(
  question: PassphraseQuestion,
): Promise<GivenPassphrase | undefined> {
  const { fault, offersMemory = false, signal, title } = question;
  const input = vscode.window.createInputBox();
  input.title = title;
  input.password = true;
  input.ignoreFocusOut = true;
  if (fault !== undefined) input.validationMessage = fault;
  let isRemembered = false;
  const dress = (): void => {
    input.prompt = promptOf(question, isRemembered);
    input.buttons = offersMemory ? [buttonOf(isRemembered)] : [];
  };
  dress();
  const leave = (): void => input.hide();
  signal?.addEventListener("abort", leave);
  try {
    return await new Promise<GivenPassphrase | undefined>((resolve) => {
      input.onDidTriggerButton(() => {
        isRemembered = !isRemembered;
        input.validationMessage = undefined; // it would hide what the button has changed
        dress();
      });
      input.onDidChangeValue(() => (input.validationMessage = undefined));
      input.onDidAccept(() => resolve({ passphrase: input.value, isRemembered }));
      input.onDidHide(() => resolve(undefined));
      if (signal?.aborted === true) resolve(undefined);
      else input.show();
    });
  } finally {
    signal?.removeEventListener("abort", leave);
    input.dispose();
  }
}

function promptOf({ owner, offersMemory }: PassphraseQuestion, isRemembered: boolean): string {
  const whose = t("Passphrase of {0}.", owner);
  if (offersMemory !== true) return whose;
  return isRemembered
    ? `${whose} ${t("It will be remembered in this editor's secret storage.")}`
    : `${whose} ${t("It is used once and kept nowhere.")}`;
}

function buttonOf(isRemembered: boolean): vscode.QuickInputButton {
  return isRemembered
    ? { iconPath: new vscode.ThemeIcon("lock"), tooltip: t("Do Not Remember It") }
    : { iconPath: new vscode.ThemeIcon("unlock"), tooltip: t("Remember on This Machine") };
}
