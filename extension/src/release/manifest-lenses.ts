/**
 * What can be done with a manifest or a push file, above its first line: `Build · Sign (1 of 2) · Push… · last push`.
 */
import type { ShownDeployment } from "@outrider/sdk/client";
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import { percentOf } from "../watching/items.ts";
import type { LiveServer } from "../watching/live-server.ts";
import type { LiveServers } from "../watching/live-servers.ts";
import { readManifest } from "./built.ts";
import { standingOf, type Standing } from "./standing.ts";

const first = new vscode.Range(0, 0, 0, 0);

/** The lenses of a source manifest. */
export async function lensesOf(uri: vscode.Uri, live: LiveServers): Promise<vscode.CodeLens[]> {
  const manifest = mayRelease(uri) ? await readManifest(uri) : undefined;
  if (manifest === undefined) return [];
  const standing = await standingOf(uri);
  const last = lastPush(manifest.name, live);
  return [
    lens(buildTitle(standing), "outrider.build", [uri]),
    ...(standing === undefined
      ? []
      : [
          lens(signTitle(standing), "outrider.sign", [uri]),
          lens(t("Push…"), "outrider.push", [uri]),
        ]),
    ...(last === undefined
      ? []
      : [
          lens(t("last push: {0} % installed", percentOf(last.shown)), "outrider.openDashboard", [
            { kind: "deployment", ...last },
          ]),
        ]),
  ];
}

/** The lenses of a push file. */
export function lensesOfPush(uri: vscode.Uri): vscode.CodeLens[] {
  if (!mayRelease(uri)) return [];
  return [lens(t("Push…"), "outrider.push", [uri]), lens(t("Plan"), "outrider.pushDryRun", [uri])];
}

function mayRelease({ scheme }: vscode.Uri): boolean {
  return scheme === "file" && vscode.workspace.isTrusted;
}

function buildTitle(standing: Standing | undefined): string {
  if (standing === undefined) return t("Build");
  return standing.isStale ? t("Build Again (files changed)") : t("Build Again");
}

function signTitle({ isSigned, signing }: Standing): string {
  const [tally] = signing?.tallies ?? [];
  if (tally === undefined) return isSigned ? t("Sign Again") : t("Sign");
  return signing?.isComplete === true
    ? t("Signed ({0} of {1})", tally.signed.length, tally.needed)
    : t("Sign ({0} of {1})", tally.signed.length, tally.needed);
}

/** The newest of the first server that has one; only of those that are watched already: no lens asks a server. */
function lastPush(
  name: string,
  { all }: LiveServers,
): { readonly live: LiveServer; readonly shown: ShownDeployment } | undefined {
  return all
    .flatMap((live) => live.deployments.map((shown) => ({ live, shown })))
    .find(({ shown }) => shown.deployment.packageName === name);
}

function lens(title: string, command: string, options: readonly unknown[]): vscode.CodeLens {
  return new vscode.CodeLens(first, { title, command, arguments: [...options] });
}
