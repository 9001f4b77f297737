/**
 * Pause, resume, approve, halt and recall: a reason, a key, a signed control. What is signed is named in every
 * question.
 */
import type { Control } from "@outrider/sdk/schema";
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { Log } from "../editor/log.ts";
import type { DeploymentNode } from "./tree.ts";

/** What may be ordered of a deployment. */
export const controlActions = ["approve", "pause", "resume", "halt", "recall"] as const;

/** Registers a command for each. */
export function registerControls(context: vscode.ExtensionContext, log: Log): vscode.Disposable {
  return vscode.Disposable.from(
    ...controlActions.map((action) =>
      vscode.commands.registerCommand(`outrider.${action}`, async (node: DeploymentNode) => {
        try {
          await control(context, action, node);
        } catch (error) {
          void log.fail(error);
        }
      }),
    ),
  );
}

async function control(
  context: vscode.ExtensionContext,
  action: Control["action"],
  { live, shown: { deployment } }: DeploymentNode,
): Promise<void> {
  const { id, manifest, packageName, version } = deployment;
  const purpose = purposeOf(action, `${packageName} ${version}`);
  const reason = await vscode.window.showInputBox({
    title: purpose,
    prompt: t("Why? Everybody who watches will read it."),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? t("Say why.") : undefined),
  });
  if (reason === undefined) return;
  const { chooseKey } = await import("../signing/choose-key.ts");
  const key = await chooseKey(context, purpose);
  if (key === undefined) return;
  const options = { location: vscode.ProgressLocation.Notification, title: purpose };
  await vscode.window.withProgress(options, async () => {
    const { createControl } = await import("@outrider/sdk/trigger");
    const envelope = await createControl({
      deployment: id,
      action,
      reason: reason.trim(),
      ...(action === "recall" ? { manifest } : {}),
      keys: [key.source],
      clock: { now: () => new Date() },
    });
    await (await live.client).post("controls", envelope);
    await live.refresh();
  });
}

/** A recall names its release for good. */
function purposeOf(action: Control["action"], release: string): string {
  switch (action) {
    case "approve":
      return t("Approve {0}", release);
    case "pause":
      return t("Pause {0}: nothing more is sent", release);
    case "resume":
      return t("Resume {0}, accepting the failures so far", release);
    case "halt":
      return t("Halt {0} for good; what is installed stays", release);
    case "recall":
      return t("Recall {0}: no machine installs it any more", release);
  }
}
