/** "Push…": what, to whom, by what, when; the preview; the key; the confirmation; then it is sent. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import { chooseKey } from "../signing/choose-key.ts";
import { confirmPush } from "./confirm.ts";
import { atDesk } from "./desk.ts";
import { choosePush, preparePush, type Chosen, type PushParts } from "./prepare.ts";
import { pushOf } from "./preview-content.ts";
import { sendPush } from "./send.ts";

/** Pushes. @param start a push file, a built folder, or nothing */
export async function push(parts: PushParts, start: vscode.Uri | undefined): Promise<void> {
  const chosen = await choosePush(parts, start);
  if (chosen !== undefined) await pushChosen(parts, chosen);
}

/** Pushes what was chosen already, after the preview and the confirmation that every push has. */
export async function pushChosen(parts: PushParts, chosen: Chosen): Promise<void> {
  const prepared = await preparePush(parts, chosen);
  const key = await chooseKey(parts.context, pushOf(prepared.release, prepared.agents));
  if (key === undefined) return;
  const reason = await confirmPush(prepared, chosen, key);
  if (reason !== undefined)
    await sendPush(parts, chosen, { release: prepared.release, key, reason });
}

/** Makes and verifies all that a push would, the signed trigger too; sends nothing. */
export async function dryRun(parts: PushParts, start: vscode.Uri | undefined): Promise<void> {
  const chosen = await choosePush(parts, start);
  if (chosen === undefined) return;
  const prepared = await preparePush(parts, chosen);
  const key = await chooseKey(parts.context, pushOf(prepared.release, prepared.agents));
  if (key === undefined) return;
  const { makeTrigger } = await import("@outrider/sdk/release");
  const { folder, order } = chosen;
  const title = t("Trying a push of {0}; nothing is sent", prepared.release);
  const { trigger } = await atDesk(title, folder.fsPath, (desk) =>
    makeTrigger(desk, order, { package: folder.fsPath, openKey: async () => key.source }),
  );
  const { agents, release } = prepared;
  void vscode.window.showInformationMessage(
    agents === 1
      ? t(
          "Nothing was sent. {0} would go to 1 machine by an order of {1} bytes that {2} has signed.",
          release,
          trigger.length,
          key.owner,
        )
      : t(
          "Nothing was sent. {0} would go to {1} machines by an order of {2} bytes that {3} has signed.",
          release,
          agents,
          trigger.length,
          key.owner,
        ),
  );
}
