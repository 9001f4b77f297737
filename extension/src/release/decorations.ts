/** Registers the marks of built packages in the explorer. */
import * as vscode from "vscode";
import { watchBuilt } from "./watch-built.ts";

/** Registers the marks. */
export function registerDecorations(): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  const again = (): void => changed.fire(undefined);
  return vscode.Disposable.from(
    changed,
    watchBuilt(again),
    vscode.window.registerFileDecorationProvider({
      onDidChangeFileDecorations: changed.event,
      async provideFileDecoration(uri) {
        if (!/\/dist\/[^/]+-\d[^/]*$/.test(uri.path)) return undefined;
        const { decorationOf } = await import("./folder-marks.ts");
        return decorationOf(uri);
      },
    }),
  );
}
