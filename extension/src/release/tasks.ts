/** Tasks: the same command line as in CI, in a terminal, with the problems that it reports. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";

const type = "outrider";

/** Offers a task for each thing that is done again and again; others are written in tasks.json. */
export function registerTasks(): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(type, {
    async provideTasks() {
      const sources = await vscode.workspace.findFiles(
        "**/{outrider.json,*.outrider.json}",
        "**/node_modules/**",
      );
      const builds = sources.map((uri) => ["build", vscode.workspace.asRelativePath(uri)]);
      return [["validate"], ...builds].map((argv) => taskOf({ type, args: argv }));
    },
    resolveTask: ({ definition }) => taskOf(definition as OutriderTask),
  });
}

interface OutriderTask extends vscode.TaskDefinition {
  /** Command and options of `outrider`. */
  readonly args: readonly string[];
}

function taskOf(definition: OutriderTask): vscode.Task {
  const program = vscode.workspace.getConfiguration("outrider").get("program", "outrider");
  const task = new vscode.Task(
    definition,
    vscode.TaskScope.Workspace,
    definition.args.join(" "),
    t("Outrider"),
    new vscode.ProcessExecution(program, [...definition.args]),
    "$outrider",
  );
  if (definition.args[0] === "build") task.group = vscode.TaskGroup.Build;
  return task;
}
