/** Registers what stands above the first line of manifests and push files. */
import * as vscode from "vscode";
import { languageIdOf } from "../documents/languages.ts";
import type { LiveServers } from "../watching/live-servers.ts";
import { watchBuilt } from "./watch-built.ts";

/** Registers the lenses; they are drawn anew whenever something was built, signed or reported. */
export function registerLenses(live: LiveServers): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const make = () => import("./manifest-lenses.ts");
  const again = (): void => changed.fire();
  return vscode.Disposable.from(
    changed,
    watchBuilt(again),
    live.onDidChange(again),
    vscode.languages.registerCodeLensProvider(languageIdOf("outrider"), {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: async ({ uri }) => (await make()).lensesOf(uri, live),
    }),
    vscode.languages.registerCodeLensProvider(languageIdOf("push"), {
      provideCodeLenses: async ({ uri }) => (await make()).lensesOfPush(uri),
    }),
  );
}
