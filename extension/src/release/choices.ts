/** What a push needs to be told: which package, to whom, by which server. */
import type { PushOrder } from "@outrider/sdk/release";
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { KnownServer, Servers } from "../servers/servers.ts";
import { allBuilt } from "./built.ts";
import { atDesk } from "./desk.ts";
import { offer } from "./offer.ts";

/** One of the workspace's built packages. @param title what it is chosen for */
export async function chooseBuilt(title: string): Promise<vscode.Uri | undefined> {
  const built = await allBuilt();
  if (built.length === 0) {
    void offer(t("No package has been built yet."), t("Build"), "outrider.build");
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    built.map(({ uri, name }) => ({
      label: `$(package) ${name}`,
      description: vscode.workspace.asRelativePath(uri),
      uri,
    })),
    { title, placeHolder: t("Which package?"), ignoreFocusOut: true },
  );
  return picked?.uri;
}

/** A push file that somebody has reviewed. */
export interface Reviewed {
  /** As it is called in the workspace. */
  readonly file: string;
  readonly order: PushOrder;
}

/** One of the workspace's push files, or none of them. @returns `undefined` where the person leaves */
export async function chooseReviewed(
  file: vscode.Uri | undefined,
  folder: vscode.Uri,
): Promise<Reviewed | "none" | undefined> {
  if (file !== undefined) return readReviewed(file, folder);
  const files = await vscode.workspace.findFiles(
    "**/{push.json,*.push.json}",
    "**/node_modules/**",
  );
  if (files.length === 0) return "none";
  const picked = await vscode.window.showQuickPick(
    [
      ...files.map((uri) => ({ label: `$(file) ${vscode.workspace.asRelativePath(uri)}`, uri })),
      { label: `$(organization) ${t("Without a push file…")}`, uri: undefined },
    ],
    { title: t("Push"), placeHolder: t("By which push file?"), ignoreFocusOut: true },
  );
  if (picked === undefined) return undefined;
  return picked.uri === undefined ? "none" : readReviewed(picked.uri, folder);
}

async function readReviewed(uri: vscode.Uri, folder: vscode.Uri): Promise<Reviewed> {
  const { readReviewed: read } = await import("@outrider/sdk/release");
  const file = vscode.workspace.asRelativePath(uri);
  const order = await atDesk(t("Reading {0}", file), folder.fsPath, (desk) =>
    read(desk, uri.fsPath),
  );
  return { file, order };
}

/** One of the known servers; the only one is not asked for. */
export async function chooseServer(
  servers: Servers,
  add: () => Promise<KnownServer | undefined>,
): Promise<KnownServer | undefined> {
  if (servers.all.length === 0) return firstServer(servers, add);
  const { all } = servers;
  if (all.length === 1) return all[0];
  const picked = await vscode.window.showQuickPick(
    all.map((server) => ({ label: `$(server) ${server.name}`, description: server.url, server })),
    { title: t("Push"), placeHolder: t("By which server?"), ignoreFocusOut: true },
  );
  return picked?.server;
}

async function firstServer(
  servers: Servers,
  add: () => Promise<KnownServer | undefined>,
): Promise<KnownServer | undefined> {
  const start = async (): Promise<KnownServer | undefined> => {
    await vscode.commands.executeCommand("outrider.startLocalServer");
    return servers.all.find(({ isLocal }) => isLocal);
  };
  const picked = await vscode.window.showQuickPick(
    [
      // First: whoever has a server of their own knows what to look for.
      { label: `$(beaker) ${t("Start a local server to try things out")}`, open: start },
      { label: `$(add) ${t("Add Server…")}`, open: add },
    ],
    { title: t("Push"), placeHolder: t("No server is known yet."), ignoreFocusOut: true },
  );
  return picked?.open();
}
