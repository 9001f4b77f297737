/** The one question that stops everything: package, version, machines and key, named. Many machines want it typed. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { ChosenKey } from "../signing/choose-key.ts";
import { pushOf } from "./preview-text.ts";

/** What is confirmed. */
export interface PushQuestion {
  /** Name and version. */
  readonly release: string;
  readonly version: string;
  /** SHA-256 of the manifest. */
  readonly manifest: string;
  readonly agents: number;
  readonly server: string;
  readonly key: ChosenKey | undefined;
}

/** A push that somebody wants. */
export interface ConfirmedPush {
  readonly key: ChosenKey;
  readonly reason: string;
}

/** Asks why, and whether. @returns `undefined` where the person leaves */
export async function confirmPush({
  release,
  version,
  manifest,
  agents,
  server,
  key,
}: PushQuestion): Promise<ConfirmedPush | undefined> {
  if (key === undefined) return undefined;
  const title = pushOf(release, agents);
  const reason = await vscode.window.showInputBox({
    title,
    prompt: t("Why? Everybody who watches will read it."),
    ignoreFocusOut: true,
  });
  if (reason === undefined) return undefined;
  const limit = vscode.workspace.getConfiguration("outrider").get("push.typeAbove", 100);
  if (agents > limit && !(await typed(title, version, agents))) return undefined;
  const go = t("Push");
  const detail = t(
    "By {0}, signed with the key of {1} ({2}). Machines install it as soon as they hear of it. SHA-256 of the manifest: {3}",
    server,
    key.owner,
    key.source.fingerprint,
    manifest,
  );
  const answer = await vscode.window.showWarningMessage(`${title}?`, { modal: true, detail }, go);
  return answer === go ? { key, reason } : undefined;
}

async function typed(title: string, version: string, agents: number): Promise<boolean> {
  const written = await vscode.window.showInputBox({
    title,
    prompt: t("These are {0} machines. Type the version, {1}, to go on.", agents, version),
    ignoreFocusOut: true,
    validateInput: (text) => (text === version ? undefined : t("Type {0}", version)),
  });
  return written === version;
}
