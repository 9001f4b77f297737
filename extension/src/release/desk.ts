/** The editor as a place to work on files: work is shown as a notification whose cancel ends it. */
import type { Desk } from "@outrider/sdk/release";
import * as vscode from "vscode";

/** Runs work on files. @param title says what is done, and so what cancelling ends */
export async function atDesk<T>(
  title: string,
  workingDirectory: string,
  work: (desk: Desk) => Promise<T>,
): Promise<T> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title,
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    return work({
      workingDirectory,
      signal: stop.signal,
      follow: (label) => shown(progress, label),
    });
  });
}

function shown(
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  label: string,
): ReturnType<Desk["follow"]> {
  let before = 0;
  return {
    update(done, total) {
      const percent = total === 0 ? 100 : (100 * done) / total;
      progress.report({ message: label, increment: Math.max(0, percent - before) });
      before = percent;
    },
    stop: () => undefined,
  };
}
