/** The view "Deployments": servers › deployments › waves › agents, as they are now. */
import type { ShownDeployment } from "@outrider/sdk/client";
import type { LedgerRow } from "@outrider/sdk/ledger";
import * as vscode from "vscode";
import { errorWords } from "../editor/error-words.ts";
import { t } from "../editor/l10n.ts";
import { itemOf } from "./items.ts";
import type { LiveServer } from "./live-server.ts";
import type { LiveServers } from "./live-servers.ts";

/** A row of the view. */
export type Node =
  | { readonly kind: "server"; readonly live: LiveServer }
  | { readonly kind: "deployment"; readonly live: LiveServer; readonly shown: ShownDeployment }
  | {
      readonly kind: "wave";
      readonly live: LiveServer;
      readonly shown: ShownDeployment;
      readonly wave: number;
    }
  | { readonly kind: "agent"; readonly row: LedgerRow }
  | {
      readonly kind: "hint";
      readonly text: string;
      /** Beside the pointer. */
      readonly more?: string;
      readonly offers?: Offer;
    };

/** What a hint does when it is chosen. */
export type Offer = "tryAgain" | "push";

/** A deployment of the view, as commands are given it. */
export type DeploymentNode = Node & { readonly kind: "deployment" };

const maxAgents = 200;

/** The rows; read anew whenever something changes. */
export class DeploymentTree implements vscode.TreeDataProvider<Node> {
  readonly #servers: LiveServers;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData: vscode.Event<undefined> = this.#changed.event;

  constructor(servers: LiveServers) {
    this.#servers = servers;
    servers.onDidChange(() => this.#changed.fire(undefined));
  }

  /** How a row looks. */
  async getTreeItem(node: Node): Promise<vscode.TreeItem> {
    return itemOf(node, await import("@outrider/sdk/client"));
  }

  /** What lies below a row; the servers below nothing. Without a server the view's welcome is shown. */
  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) {
      this.#servers.watch();
      return this.#servers.all.map((live) => ({ kind: "server", live }));
    }
    switch (node.kind) {
      case "server":
        return deploymentsOf(node.live);
      case "deployment":
        return node.shown.waves.map((_wave, wave) => ({ ...node, kind: "wave", wave }));
      case "wave":
        return agentsOf(node);
      case "agent":
      case "hint":
        return [];
    }
  }
}

function deploymentsOf(live: LiveServer): Node[] {
  const { connection, deployments } = live;
  if (deployments.length > 0)
    return deployments.map((shown) => ({ kind: "deployment", live, shown }));
  if (connection.state === "connecting") return [{ kind: "hint", text: t("Connecting …") }];
  return connection.state === "offline"
    ? [
        { kind: "hint", text: t("The server does not answer."), more: connection.message },
        { kind: "hint", text: t("Try Again"), offers: "tryAgain" },
      ]
    : [
        { kind: "hint", text: t("Nothing has been pushed yet.") },
        { kind: "hint", text: t("Push a Package…"), offers: "push" },
      ];
}

/** Those that need somebody's eye come first; of very many only some. */
async function agentsOf({ live, shown, wave }: Node & { kind: "wave" }): Promise<Node[]> {
  const { readRows } = await import("@outrider/sdk/client");
  const client = await live.client;
  try {
    const lost = ["failed", "refused", "rolledBack", "noAnswer"] as const;
    const first: LedgerRow[] = [];
    for (const state of lost)
      first.push(...(await readRows(client, shown.deployment.id, { state, limit: maxAgents })));
    const all = await readRows(client, shown.deployment.id, { limit: 10_000 });
    const rows = [...first, ...all.filter(({ agent }) => !first.some((row) => row.agent === agent))]
      .filter((row) => row.wave === wave)
      .slice(0, maxAgents);
    const more = (shown.deployment.waves[wave]?.size ?? rows.length) - rows.length;
    return [
      ...rows.map((row): Node => ({ kind: "agent", row })),
      ...(more > 0
        ? [{ kind: "hint", text: t("and {0} more: open the dashboard", more) } as const]
        : []),
    ];
  } catch (error) {
    return [{ kind: "hint", text: t("The server does not answer."), more: errorWords(error) }];
  }
}
