/** One item, and only while something is under way: how far the deployments are. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import { percentOf } from "./items.ts";
import type { LiveServers } from "./live-servers.ts";

/** Shows the item. */
export function showStatus(servers: LiveServers): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("outrider.status", vscode.StatusBarAlignment.Left);
  item.name = "Outrider";
  item.command = "outrider.deployments.focus";
  const show = (): void => {
    const open = servers.all.flatMap(({ deployments }) =>
      deployments.filter(({ state }) => ["waiting", "running", "paused"].includes(state)),
    );
    const [only] = open;
    if (only === undefined) {
      item.hide();
      return;
    }
    const paused = open.some(({ state }) => state === "paused");
    const { packageName, version } = only.deployment;
    item.text =
      open.length === 1
        ? `$(${paused ? "debug-pause" : "sync"}) ${packageName} ${version}: ${percentOf(only)} %`
        : `$(${paused ? "debug-pause" : "sync"}) ${t("{0} deployments", open.length)}`;
    item.tooltip = paused
      ? t("Outrider: a deployment is paused and waits for somebody")
      : t("Outrider: deployments under way");
    item.backgroundColor = paused
      ? new vscode.ThemeColor("statusBarItem.warningBackground")
      : undefined;
    item.show();
  };
  show();
  return vscode.Disposable.from(item, servers.onDidChange(show));
}
