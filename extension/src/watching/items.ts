/** How rows of the view look: a word and an icon for every state, so that no state is told by colour alone. */
import type * as Client from "@outrider/sdk/client";
import type { ShownDeployment } from "@outrider/sdk/client";
import type { DeploymentState, LedgerState } from "@outrider/sdk/ledger";
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { LiveServer } from "./live-server.ts";
import type { Node } from "./tree.ts";

/** The item of a row. @param client loaded when there are rows to show */
export function itemOf(node: Node, client: typeof Client): vscode.TreeItem {
  switch (node.kind) {
    case "server":
      return serverItem(node.live);
    case "deployment":
      return deploymentItem(node.live, node.shown, client);
    case "wave":
      return waveItem(node.live, node.shown, node.wave);
    case "agent":
      return agentItem(node, client);
    case "hint":
      return hintItem(node);
  }
}

/** One that can be acted upon looks like it. */
function hintItem({ more, offers, text }: Node & { kind: "hint" }): vscode.TreeItem {
  const item = new vscode.TreeItem(text);
  if (more !== undefined) item.tooltip = more;
  if (offers === undefined) return item;
  const [command, icon] =
    offers === "push" ? ["outrider.push", "rocket"] : ["outrider.refreshDeployments", "refresh"];
  item.iconPath = new vscode.ThemeIcon(icon);
  item.command = { command, title: text };
  return item;
}

function serverItem({ server, connection }: LiveServer): vscode.TreeItem {
  const item = new vscode.TreeItem(server.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = server.url;
  item.description = connection.state === "offline" ? t("offline") : server.url;
  item.iconPath = new vscode.ThemeIcon(
    connection.state === "offline" ? "debug-disconnect" : "server",
  );
  item.tooltip =
    connection.state === "offline" ? `${server.url}\n${connection.message}` : server.url;
  item.contextValue = server.isLocal === true ? "server.local" : "server";
  return item;
}

function deploymentItem(
  live: LiveServer,
  shown: ShownDeployment,
  { deploymentWords, reasonWords, sendsFrom, stateShown }: typeof Client,
): vscode.TreeItem {
  const { deployment, state, reason } = shown;
  const item = new vscode.TreeItem(
    `${deployment.packageName} ${deployment.version}`,
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = `${live.server.url}#${deployment.id}`;
  const told = stateShown(shown);
  item.description = `${deploymentWords(t).deployment[told]}, ${percentOf(shown)} %`;
  item.iconPath = stateIcon(state);
  const from = sendsFrom(shown, new Date());
  const waits =
    from === undefined
      ? ""
      : t("Nothing is sent before {0}.", from.toLocaleString(vscode.env.language));
  item.tooltip = [deployment.id, reasonWords(reason, t), waits]
    .filter((line) => line !== "")
    .join("\n");
  item.contextValue = `deployment.${told}`;
  item.command = {
    command: "outrider.openDashboard",
    title: t("Open Dashboard"),
    arguments: [{ kind: "deployment", live, shown }],
  };
  return item;
}

function waveItem(live: LiveServer, shown: ShownDeployment, at: number): vscode.TreeItem {
  const { deployment, waves } = shown;
  const wave = waves[at];
  const item = new vscode.TreeItem(
    deployment.waves[at]?.name ?? t("Wave {0}", at + 1),
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = `${live.server.url}#${deployment.id}/${at}`;
  const size = deployment.waves[at]?.size ?? 0;
  item.description = t("{0} of {1} installed", wave?.counts.installed ?? 0, size);
  item.iconPath = waveIcon(wave?.state ?? "waiting");
  return item;
}

function agentItem(
  { row }: Node & { kind: "agent" },
  { deploymentWords }: typeof Client,
): vscode.TreeItem {
  const item = new vscode.TreeItem(row.agent);
  item.description = [deploymentWords(t).agent[row.state], row.detail]
    .filter((part) => part !== "")
    .join(", ");
  item.iconPath = agentIcon(row.state);
  item.tooltip = `${row.transport} ${row.address}\n${row.changedAt}`;
  return item;
}

/** Per cent that have it, in whole numbers: 100 only when all have. */
export function percentOf({ waves }: ShownDeployment): number {
  let [installed, agents] = [0, 0];
  for (const { counts } of waves) {
    installed += counts.installed;
    agents += Object.values(counts).reduce((sum, count) => sum + count, 0);
  }
  return agents === 0 ? 0 : Math.floor((100 * installed) / agents);
}

function stateIcon(state: DeploymentState): vscode.ThemeIcon {
  const icons: Readonly<Record<DeploymentState, readonly [string, string]>> = {
    waiting: ["watch", "charts.purple"],
    running: ["sync", "charts.blue"],
    paused: ["debug-pause", "charts.yellow"],
    finished: ["pass-filled", "charts.green"],
    halted: ["circle-slash", "charts.red"],
  };
  const [icon, color] = icons[state];
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
}

function waveIcon(state: ShownDeployment["waves"][number]["state"]): vscode.ThemeIcon {
  const icons: Readonly<Record<typeof state, string>> = {
    waiting: "circle",
    running: "play-circle",
    paused: "debug-pause",
    finished: "pass",
    halted: "circle-slash",
    recalled: "circle-slash",
    cancelled: "circle-slash",
  };
  return new vscode.ThemeIcon(icons[state]);
}

function agentIcon(state: LedgerState): vscode.ThemeIcon {
  const icons: Readonly<Record<LedgerState, readonly [string, string?]>> = {
    planned: ["circle-outline"],
    sent: ["mail"],
    received: ["inbox"],
    installed: ["pass-filled", "charts.green"],
    rolledBack: ["discard", "charts.orange"],
    failed: ["error", "charts.red"],
    refused: ["circle-slash", "charts.red"],
    noAnswer: ["question", "charts.yellow"],
  };
  const [icon, color] = icons[state];
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}
