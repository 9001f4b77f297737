/** Registers the marks of built packages in the explorer. */
import * as vscode from "vscode";
import type { LiveServers } from "../watching/live-servers.ts";
import { watchBuilt } from "./watch-built.ts";

/** Registers the marks; they are made anew whenever something was built, signed or reported. */
export function registerDecorations(live: LiveServers): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  const again = (): void => changed.fire(undefined);
  return vscode.Disposable.from(
    changed,
    watchBuilt(again),
    live.onDidChange(again),
    vscode.window.registerFileDecorationProvider({
      onDidChangeFileDecorations: changed.event,
      async provideFileDecoration(uri) {
        if (!/\/dist\/[^/]+-\d[^/]*$/.test(uri.path)) return undefined;
        const { decorationOf } = await import("./folder-marks.ts");
        return decorationOf(uri, live);
      },
    }),
  );
}
