/** The editor as a place to work on files: work that takes a moment is shown, and cancelling it there ends it. */
import { setTimeout as pause } from "node:timers/promises";
import type { Desk } from "@outrider/sdk/release";
import * as vscode from "vscode";
import { saying } from "../editor/l10n.ts";

type Shown = vscode.Progress<{ message?: string; increment?: number }>;

/** What is done before then is not worth a message. */
const patienceMs = 400;

/** Runs work on files. @param title says what is done, and so what cancelling ends */
export async function atDesk<T>(
  title: string,
  workingDirectory: string,
  work: (desk: Desk) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let shown: Shown | undefined;
  const working = work({
    workingDirectory,
    signal: stop.signal,
    follow: (label) => follow(() => shown, saying(label)),
  });
  const over = working.then(
    () => true,
    () => true,
  );
  if (!(await Promise.race([over, pause(patienceMs, false)]))) {
    const location = vscode.ProgressLocation.Notification;
    await vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) => {
      shown = progress;
      token.onCancellationRequested(() => stop.abort());
      return over;
    });
  }
  return working;
}

function follow(shown: () => Shown | undefined, label: string): ReturnType<Desk["follow"]> {
  let before = 0;
  return {
    update(done, total) {
      const percent = total === 0 ? 100 : (100 * done) / total;
      shown()?.report({ message: label, increment: Math.max(0, percent - before) });
      before = percent;
    },
    stop: () => undefined,
  };
}
