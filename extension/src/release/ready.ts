/** Looked at before a push asks anything: nobody shall answer five questions and then hear that it was for nothing. */
import { isOutriderError, type ErrorCode } from "@outrider/sdk/errors";
import * as vscode from "vscode";
import { errorWords } from "../editor/error-words.ts";
import { t } from "../editor/l10n.ts";
import type { KnownServer } from "../servers/servers.ts";
import { offer } from "./offer.ts";
import { requireGood } from "./sign.ts";

const unsigned: ReadonlySet<ErrorCode> = new Set(["SIGNATURE_MISSING", "THRESHOLD_NOT_MET"]);

/** Have enough signed it? Else signing is offered. @throws whatever else is wrong with the package */
export async function isSigned(folder: vscode.Uri): Promise<boolean> {
  try {
    await requireGood(folder);
    return true;
  } catch (error) {
    if (!isOutriderError(error) || !unsigned.has(error.code)) throw error;
    void offer(errorWords(error), t("Sign…"), "outrider.sign", folder);
    return false;
  }
}

/** Does the server know anybody? Else it is said how one comes to be known. */
export function hasMachines({ name }: KnownServer, agents: readonly unknown[]): boolean {
  if (agents.length > 0) return true;
  const text = t("{0} knows no machine yet: `outrider agents token` enrols one.", name);
  void vscode.window.showInformationMessage(text);
  return false;
}
