/** Tells when what was built may not be what it was: files came, went or changed, of the sources or of the build. */
import * as vscode from "vscode";

const settleMs = 500;

/** Calls back once things have settled. */
export function watchBuilt(changed: () => void): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const again = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, settleMs);
  };
  const watcher = vscode.workspace.createFileSystemWatcher("**");
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(again),
    watcher.onDidChange(again),
    watcher.onDidDelete(again),
    { dispose: () => clearTimeout(timer) },
  );
}
