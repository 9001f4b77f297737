/** The commands "Validate This File" and "Validate Workspace". */
import * as vscode from "vscode";
import { t } from "./l10n.ts";
import { loadDocuments } from "./load-documents.ts";
import type { Log } from "./log.ts";
import type { Problems } from "./problems.ts";

/** What a validation came to; also the commands' result, for whoever calls them. */
export interface ValidationSummary {
  readonly files: number;
  readonly findings: number;
}

const elsewhere = "**/{node_modules,.git}/**";

/** Registers the commands. Files that they looked at are watched from then on. */
export function registerValidation(problems: Problems, log: Log): vscode.Disposable {
  const watched: vscode.Disposable[] = [];
  const command = (
    name: string,
    run: (uri: unknown) => Promise<ValidationSummary | undefined>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(name, async (uri: unknown) => {
      try {
        const pattern = await ourFiles();
        if (watched.length === 0) watched.push(watchFiles(pattern, problems, log));
        return await run(uri);
      } catch (error) {
        void log.fail(error);
        return undefined;
      }
    });
  return vscode.Disposable.from(
    command("outrider.validateFile", (uri) => validateFile(uri, problems)),
    command("outrider.validateWorkspace", () => validateWorkspace(problems, log)),
    { dispose: () => vscode.Disposable.from(...watched).dispose() },
  );
}

/** Where our files are: by their names, below every folder. */
async function ourFiles(): Promise<string> {
  const { fileNames } = await loadDocuments();
  return `**/{${fileNames.join(",")}}`;
}

async function validateFile(
  chosen: unknown,
  problems: Problems,
): Promise<ValidationSummary | undefined> {
  const uri = chosen instanceof vscode.Uri ? chosen : vscode.window.activeTextEditor?.document.uri;
  if (uri === undefined) {
    void vscode.window.showInformationMessage(t("Open the file to validate first."));
    return undefined;
  }
  const findings = await problems.ask(uri);
  const name = vscode.workspace.asRelativePath(uri);
  if (findings === undefined) {
    void vscode.window.showWarningMessage(t("{0} is of no kind that Outrider knows.", name));
    return undefined;
  }
  return conclude({ files: 1, findings: findings.length }, t("{0} is valid.", name));
}

async function validateWorkspace(
  problems: Problems,
  log: Log,
): Promise<ValidationSummary | undefined> {
  const uris = await vscode.workspace.findFiles(await ourFiles(), elsewhere);
  if (uris.length === 0) {
    void vscode.window.showInformationMessage(t("There is no file of Outrider in this workspace."));
    return { files: 0, findings: 0 };
  }
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: t("Validating"),
    cancellable: true,
  };
  const summary = await vscode.window.withProgress(
    options,
    async (progress, { onCancellationRequested }) => {
      let cancelled = false;
      onCancellationRequested(() => (cancelled = true));
      let [files, findings] = [0, 0];
      for (const uri of uris) {
        if (cancelled) return undefined;
        progress.report({
          message: t("{0} of {1}", files + 1, uris.length),
          increment: 100 / uris.length,
        });
        findings += (await problems.ask(uri))?.length ?? 0;
        files++;
      }
      return { files, findings };
    },
  );
  if (summary === undefined) return undefined;
  log.log("info", "Validated the workspace.", { ...summary });
  return conclude(summary, wholeWords(summary.files));
}

function wholeWords(files: number): string {
  if (files === 0) return t("There is no file of Outrider's in this workspace.");
  return files === 1 ? t("One file, and it is valid.") : t("{0} files are valid.", files);
}

/** Findings are shown in the Problems view; that there are none is said. */
async function conclude(summary: ValidationSummary, allWell: string): Promise<ValidationSummary> {
  if (summary.findings === 0) void vscode.window.showInformationMessage(allWell);
  else await vscode.commands.executeCommand("workbench.actions.view.problems");
  return summary;
}

/** Keeps the findings of closed files true to the disk. */
function watchFiles(pattern: string, problems: Problems, log: Log): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  const again = async (uri: vscode.Uri): Promise<void> => {
    try {
      if (problems.isAskedFor(uri)) await problems.ask(uri);
    } catch (error) {
      log.log("warn", `Validating ${uri.toString()} again: ${String(error)}`);
    }
  };
  watcher.onDidChange(again);
  watcher.onDidDelete((uri) => problems.forget(uri));
  return watcher;
}
