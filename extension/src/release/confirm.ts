/** The one question that stops everything: what, to how many, by whom and what, when. Many machines want it typed. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { ChosenKey } from "../signing/choose-key.ts";
import { audienceWords, changesWords, timesWords, wavesWords } from "./order/words.ts";
import type { Chosen, Prepared } from "./prepare.ts";
import { pushOf } from "./preview-content.ts";

/** Asks why, and whether. @returns the reason, or `undefined` where the person leaves */
export async function confirmPush(
  prepared: Prepared,
  chosen: Chosen,
  key: ChosenKey,
): Promise<string | undefined> {
  const { agents, release, version } = prepared;
  const title = pushOf(release, agents);
  const reason = await vscode.window.showInputBox({
    title,
    prompt: t("Why? Everybody who watches will read it. It may stay empty."),
    ignoreFocusOut: true,
  });
  if (reason === undefined) return undefined;
  const limit = vscode.workspace.getConfiguration("outrider").get("push.typeAbove", 100);
  if (agents > limit && !(await typed(title, version, agents))) return undefined;
  const go = t("Push");
  const detail = await detailOf(prepared, chosen, key);
  const answer = await vscode.window.showWarningMessage(`${title}?`, { modal: true, detail }, go);
  return answer === go ? reason : undefined;
}

/** A line for each thing that somebody should have read. */
async function detailOf(
  { manifest, transports }: Prepared,
  { order, reviewed, server }: Chosen,
  { owner, source }: ChosenKey,
): Promise<string> {
  const { changesOf } = await import("@outrider/sdk/release");
  const rollout = order.rollout ?? {};
  const changes = reviewed === undefined ? [] : changesOf(reviewed.order, order);
  return [
    t("To: {0}", audienceWords(order.audience)),
    t("Server: {0}, by {1}", server.name, transports.join(", ")),
    t("When: {0}", timesWords(rollout)),
    t("Waves: {0}", wavesWords(rollout)),
    t("Key: {0} ({1})", owner, source.fingerprint),
    t("SHA-256 of the manifest: {0}", manifest),
    ...(changes.length === 0
      ? []
      : ["", t("Otherwise than in {0}: {1}.", reviewed?.file ?? "", changesWords(changes))]),
    "",
    t("Machines install it as soon as they hear of it."),
  ].join("\n");
}

async function typed(title: string, version: string, agents: number): Promise<boolean> {
  const written = await vscode.window.showInputBox({
    title,
    prompt:
      agents === 1
        ? t("This is 1 machine. Type the version, {0}, to go on.", version)
        : t("These are {0} machines. Type the version, {1}, to go on.", agents, version),
    ignoreFocusOut: true,
    validateInput: (text) => (text === version ? undefined : t("Type {0}", version)),
  });
  return written === version;
}
