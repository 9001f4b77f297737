/**
 * Marks the folders of built packages in the explorer: unsigned, stale, signed, published. A letter each, and a word.
 */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import { loadDocuments } from "../editor/load-documents.ts";
import type { LiveServers } from "../watching/live-servers.ts";
import { readManifest } from "./built.ts";
import { standingOf, type Standing } from "./standing.ts";

/** The mark of a folder; `undefined` where nothing was built in it. */
export async function decorationOf(
  uri: vscode.Uri,
  live: LiveServers,
): Promise<vscode.FileDecoration | undefined> {
  if (uri.scheme !== "file" || !vscode.workspace.isTrusted) return undefined;
  const name = /\/dist\/([^/]+-\d[^/]*)$/.exec(uri.path)?.[1];
  if (name === undefined) return undefined;
  const source = await sourceOf(vscode.Uri.joinPath(uri, "../.."), name);
  const standing = source === undefined ? undefined : await standingOf(source);
  if (standing === undefined) return undefined;
  return marked({ ...standing, isPublished: standing.isPublished || wasPushed(name, live) });
}

/** What was pushed by a server that is watched is published there. */
function wasPushed(built: string, { all }: LiveServers): boolean {
  return all.some(({ deployments }) =>
    deployments.some(
      ({ deployment: { packageName, version } }) => `${packageName}-${version}` === built,
    ),
  );
}

/** The manifest whose present version the folder is named after. */
async function sourceOf(folder: vscode.Uri, built: string): Promise<vscode.Uri | undefined> {
  const { fileNamesOf } = await loadDocuments();
  const pattern = `{${fileNamesOf("outrider").join(",")}}`;
  const beside = new vscode.RelativePattern(folder, pattern);
  for (const uri of await vscode.workspace.findFiles(beside)) {
    const manifest = await readManifest(uri);
    if (manifest !== undefined && `${manifest.name}-${manifest.version}` === built) return uri;
  }
  return undefined;
}

function marked({ isPublished, isSigned, isStale, signing }: Standing): vscode.FileDecoration {
  const mark = (badge: string, tooltip: string, color: string): vscode.FileDecoration =>
    new vscode.FileDecoration(badge, tooltip, new vscode.ThemeColor(color));
  if (isStale) return mark("!", t("Stale: its sources have changed"), "list.warningForeground");
  if (isPublished) return mark("P", t("Published"), "charts.green");
  if (signing?.isComplete ?? isSigned) return mark("S", t("Signed"), "charts.blue");
  return isSigned
    ? mark("…", t("Signed, but not by enough persons"), "list.warningForeground")
    : mark("U", t("Not signed yet"), "list.deemphasizedForeground");
}
