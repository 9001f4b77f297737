/**
 * Which key signs: one of gpg-agent or a card, or a key file. The secret never lies in a setting; a passphrase is asked
 * for, used once, and kept in the editor's secret storage only where the person says so.
 */
import type { KeySource } from "@outrider/sdk/ports";
import type * as Openpgp from "@outrider/sdk/signing/openpgp";
import * as vscode from "vscode";
import { errorWords } from "../editor/error-words.ts";
import { t } from "../editor/l10n.ts";
import { findTrialKey } from "../local/trial-key.ts";
import { openAnotherFile, openFile } from "./key-file.ts";
import { keyFiles } from "./key-files.ts";
import { askPassphrase } from "./passphrase.ts";
import { isUsable } from "./usable.ts";

/** A key that a person has chosen. */
export interface ChosenKey {
  /** For people: whose it is. */
  readonly owner: string;
  readonly source: KeySource;
}

interface KeyItem extends vscode.QuickPickItem {
  readonly open?: () => Promise<ChosenKey | undefined>;
}

/**
 * Asks which key shall sign.
 *
 * @param purpose what is signed, for people: the title of every question.
 * @returns `undefined` where the person leaves.
 */
export async function chooseKey(
  context: vscode.ExtensionContext,
  purpose: string,
): Promise<ChosenKey | undefined> {
  const picked = await vscode.window.showQuickPick(itemsFor(context, purpose), {
    title: purpose,
    placeHolder: t("Which key signs?"),
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return picked?.open?.();
}

async function itemsFor(context: vscode.ExtensionContext, purpose: string): Promise<KeyItem[]> {
  const trial = await findTrialKey(context);
  const remembered = keyFiles(context).filter((path) => path !== trial);
  const files = remembered.map((path) => fileItem(context, path, purpose));
  if (trial !== undefined) files.push(trialItem(context, trial, purpose));
  const agent = await agentKeys(purpose);
  return [
    ...agent,
    ...(files.length === 0 ? [] : [separator(t("Key files"))]),
    ...files,
    separator(""),
    {
      label: `$(folder-opened) ${t("Another key file…")}`,
      alwaysShow: true,
      open: () => openAnotherFile(context, purpose),
    },
    ...([...agent, ...files].some(({ open }) => open !== undefined) ? [] : [firstKeyItem()]),
  ];
}

/** Whoever has none learns how one is made: the line stands in a terminal, and waits to be completed and run. */
function firstKeyItem(): KeyItem {
  const program = vscode.workspace.getConfiguration("outrider").get("program", "outrider");
  const line = `${program} keys generate keys/NAME --name "FULL NAME"`;
  return {
    label: `$(terminal) ${t("No key yet? Make one in the terminal…")}`,
    detail: line,
    alwaysShow: true,
    async open() {
      const terminal = vscode.window.createTerminal("Outrider");
      terminal.show();
      terminal.sendText(line, false);
      return undefined;
    },
  };
}

function separator(label: string): KeyItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** Without gpg there are none, and that is said in the list. */
async function agentKeys(purpose: string): Promise<KeyItem[]> {
  const { gpgKeySource, listGpgKeys } = await import("@outrider/sdk/signing/sources");
  try {
    const keys = (await listGpgKeys()).filter((key) => isUsable(key, new Date()));
    if (keys.length === 0) return [];
    return [
      separator(t("Keys of gpg")),
      ...keys.map((key) => ({
        label: `$(key) ${key.userIds[0] ?? key.fingerprint}`,
        description: lifetimeOf(key),
        detail: grouped(key.fingerprint),
        open: async () => ({
          owner: key.userIds[0] ?? key.fingerprint,
          source: unlocking(key, purpose, gpgKeySource),
        }),
      })),
    ];
  } catch (error) {
    return [{ label: t("gpg shows no keys"), detail: errorWords(error) }];
  }
}

type GpgKeySource = (options: {
  readonly fingerprint: string;
  readonly passphrase?: string;
}) => KeySource;

/**
 * gpg-agent asks by a pinentry of its own where there is a screen. Where it cannot, the passphrase is asked for here
 * and handed over on a file descriptor.
 */
function unlocking(
  { fingerprint, userIds }: Openpgp.KeyDescription,
  purpose: string,
  open: GpgKeySource,
): KeySource {
  const owner = [...userIds.slice(0, 1), grouped(fingerprint)].join(", ");
  return {
    fingerprint,
    async sign(bytes, options) {
      let passphrase: string | undefined;
      for (;;) {
        try {
          const unlock = passphrase === undefined ? {} : { passphrase };
          return await open({ fingerprint, ...unlock }).sign(bytes, options);
        } catch (error) {
          const { code } = error as { code?: unknown };
          if (code !== "KEY_PASSPHRASE" && code !== "KEY_SOURCE") throw error;
          const fault = passphrase === undefined ? undefined : errorWords(error);
          const signal = options?.signal;
          const given = await askPassphrase({ title: purpose, owner, fault, signal });
          if (given === undefined) throw error;
          passphrase = given.passphrase;
        }
      }
    },
  };
}

function fileItem(context: vscode.ExtensionContext, path: string, purpose: string): KeyItem {
  const uri = vscode.Uri.file(path);
  return {
    label: `$(file) ${uri.path.slice(uri.path.lastIndexOf("/") + 1)}`,
    description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, "..")),
    open: () => openFile(context, uri, purpose),
  };
}

/** By the name that the sample's instructions call it. */
function trialItem(context: vscode.ExtensionContext, path: string, purpose: string): KeyItem {
  return {
    label: `$(beaker) ${t("Local key for trying out")}`,
    description: t("trusted by the local server alone"),
    open: () => openFile(context, vscode.Uri.file(path), purpose),
  };
}

function lifetimeOf({ expiresAt }: Openpgp.KeyDescription): string {
  return expiresAt === undefined
    ? t("does not expire")
    : t("until {0}", expiresAt.toISOString().slice(0, 10));
}

/** Four digits together, as gpg shows them. */
function grouped(fingerprint: string): string {
  return fingerprint.replaceAll(/(.{4})(?=.)/g, "$1 ");
}
