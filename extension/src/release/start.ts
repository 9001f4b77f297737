/** Registers building, signing, verifying and pushing. None of it runs in Restricted Mode (THREATS E1). */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { Log } from "../editor/log.ts";
import type { Servers } from "../servers/servers.ts";
import type { LiveServers } from "../watching/live-servers.ts";
import type { DeploymentNode } from "../watching/tree.ts";
import type * as Commands from "./commands.ts";
import { ShownDocuments } from "./shown-documents.ts";
import { registerTasks } from "./tasks.ts";

/** Registers the commands and tasks. */
export function startReleasing(
  context: vscode.ExtensionContext,
  servers: Servers,
  live: LiveServers,
  log: Log,
): void {
  const documents = new ShownDocuments();
  const parts = { context, servers, live, documents };
  const register = (
    name: string,
    run: (...given: readonly unknown[]) => Promise<unknown>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(`outrider.${name}`, async (...given: readonly unknown[]) => {
      try {
        if (!vscode.workspace.isTrusted) {
          void refuse();
          return undefined;
        }
        return await run(...given);
      } catch (error) {
        void log.fail(error);
        return undefined;
      }
    });
  const command = (name: keyof typeof Commands): vscode.Disposable =>
    register(name, async (given) => {
      const { [name]: run } = await import("./commands.ts");
      return run(parts, given instanceof vscode.Uri ? given : activeFile());
    });
  const again = register("retry", async (node, code) => {
    const { retry } = await import("./retry.ts");
    await retry(parts, node as DeploymentNode, code as string | undefined);
  });
  const names = ["build", "sign", "verify", "push", "pushDryRun"] as const;
  context.subscriptions.push(documents, registerTasks(), again, ...names.map(command));
}

/** Says how it becomes possible. */
async function refuse(): Promise<void> {
  const manage = t("Manage Workspace Trust");
  const text = t("This workspace is not trusted: nothing of it is built, signed or pushed.");
  if ((await vscode.window.showWarningMessage(text, manage)) === manage)
    await vscode.commands.executeCommand("workbench.trust.manage");
}

/** As text, or as a form. */
function activeFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputCustom) return input.uri;
  return vscode.window.activeTextEditor?.document.uri;
}
