/** Passphrases of key files that somebody wanted remembered: in the editor's secret storage and nowhere else. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";

const prefix = "passphrase ";

/** One key's. */
export interface RememberedPassphrase {
  get(): Thenable<string | undefined>;
  keep(passphrase: string): Thenable<void>;
  forget(): Thenable<void>;
}

/** @param owner for people: what is asked when it is to be forgotten */
export function rememberedOf(
  { secrets }: vscode.ExtensionContext,
  fingerprint: string,
  owner: string,
): RememberedPassphrase {
  const name = `${prefix}${fingerprint} ${owner}`;
  return {
    get: () => secrets.get(name),
    keep: (passphrase) => secrets.store(name, passphrase),
    forget: () => secrets.delete(name),
  };
}

/** "Forget Passphrases…": all that are remembered, or some of them. */
export async function forgetPassphrases({ secrets }: vscode.ExtensionContext): Promise<void> {
  const names = (await secrets.keys()).filter((name) => name.startsWith(prefix));
  if (names.length === 0) {
    void vscode.window.showInformationMessage(t("No passphrase is remembered."));
    return;
  }
  const picked = await vscode.window.showQuickPick(
    names.map((name) => {
      const [fingerprint = "", ...owner] = name.slice(prefix.length).split(" ");
      return { label: owner.join(" "), description: fingerprint, picked: true, name };
    }),
    {
      title: t("Forget Passphrases"),
      placeHolder: t("Which shall be forgotten?"),
      canPickMany: true,
    },
  );
  if (picked === undefined || picked.length === 0) return;
  for (const { name } of picked) await secrets.delete(name);
  void vscode.window.showInformationMessage(
    picked.length === 1
      ? t("The passphrase of {0} is forgotten.", picked[0]?.label ?? "")
      : t("{0} passphrases are forgotten.", picked.length),
  );
}
