/** The folder's part of an examination: loaded when a source manifest is first examined, and told of new files. */
import { nodeFileSystem } from "@outrider/sdk/ports";
import * as vscode from "vscode";
import type { FindPayload } from "./definitions.ts";
import type { ExaminePayload } from "./examination.ts";
import type { Problems } from "./problems.ts";

/** Examines a manifest against its folder on this machine's disk. */
export const examinePayload: ExaminePayload = async (text, path) => {
  if (!vscode.workspace.getConfiguration("outrider").get("validation.payload", true)) return [];
  const { examinePackage } = await import("@outrider/sdk/authoring");
  return examinePackage(text, { root: path, fileSystem: nodeFileSystem });
};

/** Looks up the files that one file set takes. */
export const findPayload: FindPayload = async (text, pointer, folder) => {
  const { filesOfSet } = await import("@outrider/sdk/authoring");
  return filesOfSet(text, pointer, { root: folder, fileSystem: nodeFileSystem });
};

const settleMs = 500;

/** Examines the open manifests again when files come or go: their globs may name others now. */
export function watchPayload(problems: Problems): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const again = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => problems.refresh(), settleMs);
  };
  const watcher = vscode.workspace.createFileSystemWatcher("**", false, true, false);
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(again),
    watcher.onDidDelete(again),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("outrider.validation")) again();
    }),
    { dispose: () => clearTimeout(timer) },
  );
}
