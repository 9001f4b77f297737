/** Registers the marks of built packages in the explorer. */
import * as vscode from "vscode";

/** Registers the marks. */
export function registerDecorations(): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  const again = (): void => changed.fire(undefined);
  const watcher = vscode.workspace.createFileSystemWatcher("**/dist/*/manifest.json*");
  return vscode.Disposable.from(
    changed,
    watcher,
    watcher.onDidCreate(again),
    watcher.onDidChange(again),
    watcher.onDidDelete(again),
    vscode.workspace.onDidSaveTextDocument(again),
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
