/** What can be done with a manifest or a push file, above its first line: `Build · Sign (1 of 2) · Push… · last push`. */
import type { ShownDeployment } from "@outrider/sdk/client";
import * as vscode from "vscode";
import { languageIdOf } from "../documents/languages.ts";
import { t } from "../editor/l10n.ts";
import { percentOf } from "../watching/items.ts";
import type { LiveServer } from "../watching/live-server.ts";
import type { LiveServers } from "../watching/live-servers.ts";
import { readManifest } from "./built.ts";
import { standingOf, type Standing } from "./standing.ts";

const first = new vscode.Range(0, 0, 0, 0);

/** Registers the lenses; they are drawn anew whenever something was built, signed or reported. */
export function registerLenses(live: LiveServers): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const watcher = vscode.workspace.createFileSystemWatcher("**/dist/*/manifest.json*");
  const again = (): void => changed.fire();
  return vscode.Disposable.from(
    changed,
    watcher,
    watcher.onDidCreate(again),
    watcher.onDidChange(again),
    watcher.onDidDelete(again),
    live.onDidChange(again),
    vscode.workspace.onDidSaveTextDocument(again),
    vscode.languages.registerCodeLensProvider(languageIdOf("outrider"), {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: ({ uri }) => lensesOf(uri, live),
    }),
    vscode.languages.registerCodeLensProvider(languageIdOf("push"), {
      provideCodeLenses: ({ uri }) =>
        mayRelease(uri) ? [lens(t("Push…"), "outrider.push", [uri])] : [],
    }),
  );
}

async function lensesOf(uri: vscode.Uri, live: LiveServers): Promise<vscode.CodeLens[]> {
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
