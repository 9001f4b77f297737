/** Starts the watching of servers: the view, its commands, dashboards, the status bar. Only where there is Node. */
import * as vscode from "vscode";
import type { Log } from "../editor/log.ts";
import type { Servers } from "../servers/servers.ts";
import { registerControls } from "./controls.ts";
import { registerDashboards } from "./dashboards.ts";
import { LiveServers } from "./live-servers.ts";
import { showStatus } from "./status-bar.ts";
import { DeploymentTree, type Node } from "./tree.ts";

/** Registers everything; no server is asked before the view or a dashboard is seen. */
export function startWatching(
  context: vscode.ExtensionContext,
  servers: Servers,
  log: Log,
): LiveServers {
  const live = new LiveServers(servers);
  const command = (name: string, run: (given: Node) => Promise<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(`outrider.${name}`, async (given: Node) => {
      try {
        await run(given);
      } catch (error) {
        void log.fail(error);
      }
    });
  context.subscriptions.push(
    live,
    vscode.window.createTreeView("outrider.deployments", {
      treeDataProvider: new DeploymentTree(live),
      showCollapseAll: true,
    }),
    command("addServer", async () => (await import("../servers/add-server.ts")).addServer(servers)),
    command("removeServer", async (node) => {
      if (node.kind === "server") await servers.remove(node.live.server);
    }),
    command("refreshDeployments", () => Promise.all(live.all.map((one) => one.refresh()))),
    command("copyDeploymentId", async (node) => {
      if (node.kind === "deployment")
        await vscode.env.clipboard.writeText(node.shown.deployment.id);
    }),
    registerControls(context, log),
    registerDashboards(context, live, log),
    showStatus(live),
  );
  return live;
}
