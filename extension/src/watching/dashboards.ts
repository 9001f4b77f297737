/** The dashboards that are open, one for each deployment; and what brings them back after a reload of the window. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { Log } from "../editor/log.ts";
import { reach } from "../editor/milestones.ts";
import { Dashboard, type Place } from "./dashboard-panel.ts";
import type { LiveServers } from "./live-servers.ts";
import type { DeploymentNode } from "./tree.ts";

const viewType = "outrider.dashboard";

/** Registers the command that opens dashboards, and what brings them back. */
export function registerDashboards(
  context: vscode.ExtensionContext,
  servers: LiveServers,
  log: Log,
): vscode.Disposable {
  const open = new Map<string, Dashboard>();
  const show = (place: Place, panel?: vscode.WebviewPanel): void => {
    const known = open.get(place.deployment);
    if (known !== undefined && panel === undefined) {
      known.reveal();
      return;
    }
    reach("dashboardShown");
    const dashboard = new Dashboard(context, servers, log, place, panel ?? newPanel());
    open.set(place.deployment, dashboard);
    dashboard.onDidDispose(() => open.delete(place.deployment));
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand("outrider.openDashboard", (node: DeploymentNode) =>
      show({ server: node.live.server.url, deployment: node.shown.deployment.id }),
    ),
    vscode.window.registerWebviewPanelSerializer(viewType, {
      async deserializeWebviewPanel(panel, state: Partial<Place> | undefined) {
        const { server, deployment } = state ?? {};
        if (server === undefined || deployment === undefined) panel.dispose();
        else show({ server, deployment }, panel);
      },
    }),
    { dispose: () => vscode.Disposable.from(...open.values()).dispose() },
  );
}

function newPanel(): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(viewType, t("Deployment"), vscode.ViewColumn.Active);
}
