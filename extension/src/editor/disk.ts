/** The disk's part of an examination: loaded when a file is first examined, and told of new files. */
import { dirname } from "node:path";
import * as vscode from "vscode";
import type { FindPayload } from "./definitions.ts";
import type { ExamineAround } from "./examination.ts";
import type { Problems } from "./problems.ts";

/** Examines a file against its folder and the workspace around it. */
export const examineAround: ExamineAround = async (schema, text, uri) => {
  const isWanted = vscode.workspace
    .getConfiguration("outrider", uri)
    .get("validation.payload", true);
  if (schema === "outrider" && !isWanted) return [];
  const { examineAuthored, findSurroundings } = await import("@outrider/sdk/authoring");
  const { nodeFileSystem } = await import("@outrider/sdk/ports");
  const surroundings = await findSurroundings(uri.fsPath, {
    fileSystem: nodeFileSystem,
    now: new Date(),
    top: vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(uri.fsPath),
  });
  return examineAuthored(schema, text, surroundings);
};

/** Looks up the files that one file set takes. */
export const findPayload: FindPayload = async (text, pointer, folder) => {
  const { filesOfSet } = await import("@outrider/sdk/authoring");
  const { nodeFileSystem } = await import("@outrider/sdk/ports");
  return filesOfSet(text, pointer, { root: folder, fileSystem: nodeFileSystem });
};

const settleMs = 500;

/** Examines the open manifests again when files come, go or change: globs may name others, builds may be stale. */
export function watchPayload(problems: Problems): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const again = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => problems.refresh(), settleMs);
  };
  const watcher = vscode.workspace.createFileSystemWatcher("**");
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(again),
    watcher.onDidChange(again),
    watcher.onDidDelete(again),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("outrider.validation")) again();
    }),
    { dispose: () => clearTimeout(timer) },
  );
}
