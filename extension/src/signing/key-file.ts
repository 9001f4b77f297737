/** A key in an armored file: opened by its passphrase, which is asked for, or remembered where somebody said so. */
import { isOutriderError } from "@outrider/sdk/errors";
import type { KeySource } from "@outrider/sdk/ports";
import type * as Openpgp from "@outrider/sdk/signing/openpgp";
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { ChosenKey } from "./choose-key.ts";
import { rememberKeyFile } from "./key-files.ts";
import { askPassphrase } from "./passphrase.ts";
import { rememberedOf } from "./remembered.ts";

/** Asks which file. @returns `undefined` where the person leaves */
export async function openAnotherFile(
  context: vscode.ExtensionContext,
  purpose: string,
): Promise<ChosenKey | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: purpose,
      openLabel: t("Sign with This Key"),
      filters: { [t("Armored keys")]: ["asc", "gpg", "key"] },
    })) ?? [];
  return uri === undefined ? undefined : openFile(context, uri, purpose);
}

/** @returns `undefined` where the person leaves @throws FILE_UNREADABLE, KEY_MISSING, KEY_REFUSED */
export async function openFile(
  context: vscode.ExtensionContext,
  uri: vscode.Uri,
  purpose: string,
): Promise<ChosenKey | undefined> {
  const armored = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  const { describeKeys } = await import("@outrider/sdk/signing/openpgp");
  const [key] = await describeKeys(armored, uri.fsPath);
  const owner = key?.userIds[0] ?? uri.fsPath;
  const opening = { armored, subject: uri.fsPath };
  const source =
    key?.secret === "locked"
      ? await unlock(context, { opening, key, owner, purpose })
      : await openWith(opening);
  if (source === undefined) return undefined;
  await rememberKeyFile(context, uri.fsPath);
  return { owner, source };
}

interface Opening {
  readonly armored: string;
  readonly subject: string;
}

interface Locked {
  readonly opening: Opening;
  readonly key: Openpgp.KeyDescription;
  readonly owner: string;
  readonly purpose: string;
}

/** Asks until it opens; one that does not open it is never kept. */
async function unlock(
  context: vscode.ExtensionContext,
  { opening, key, owner, purpose }: Locked,
): Promise<KeySource | undefined> {
  const remembered = rememberedOf(context, key.fingerprint, owner);
  const kept = await remembered.get();
  let fault: string | undefined;
  if (kept !== undefined) {
    const source = await openIfRight(opening, kept);
    if (source !== undefined) return source;
    await remembered.forget();
    fault = t("The one that was remembered does not open it, and is forgotten.");
  }
  for (;;) {
    const given = await askPassphrase({ title: purpose, owner, fault, offersMemory: true });
    if (given === undefined) return undefined;
    const source = await openIfRight(opening, given.passphrase);
    if (source !== undefined) {
      if (given.isRemembered) await remembered.keep(given.passphrase);
      return source;
    }
    fault = t("That passphrase does not open it.");
  }
}

/** @returns `undefined` where the passphrase is another */
async function openIfRight(opening: Opening, passphrase: string): Promise<KeySource | undefined> {
  try {
    return await openWith({ ...opening, passphrase });
  } catch (error) {
    if (isOutriderError(error) && error.code === "KEY_PASSPHRASE") return undefined;
    throw error;
  }
}

async function openWith(options: Opening & { readonly passphrase?: string }): Promise<KeySource> {
  const { fileKeySource } = await import("@outrider/sdk/signing/sources");
  return fileKeySource(options);
}
