/**
 * Starts what both builds of the extension have: nothing is read, and nothing large loaded, before a document needs it.
 */
import * as vscode from "vscode";
import { registerFormEditor } from "../manifests/form-registration.ts";
import { registerMovedFiles } from "../navigation/moved-files.ts";
import { registerNames } from "../navigation/names.ts";
import { registerAuthoring } from "./authoring.ts";
import { registerDefinitions, type FindPayload } from "./definitions.ts";
import { loadErrorWords } from "./error-words.ts";
import { createExamination, type ExamineAround } from "./examination.ts";
import { registerLinks } from "./links.ts";
import { openLog, type Log } from "./log.ts";
import { registerMilestones } from "./milestones.ts";
import { registerPathProposals } from "./path-proposals.ts";
import { Problems } from "./problems.ts";
import { registerQuickFixes } from "./quick-fixes.ts";
import { registerReference } from "./reference.ts";
import { registerReport } from "./report.ts";
import { registerValidation } from "./validation.ts";

/** What was started. */
export interface Started {
  readonly log: Log;
  readonly problems: Problems;
}

const delayMs = 250;

/** What only a machine with a disk can do. */
export interface Disk {
  readonly examineAround: ExamineAround;
  readonly findPayload: FindPayload;
}

/** Starts; everything ends with the context. */
export function start(context: vscode.ExtensionContext, disk?: Disk): Started {
  const log = openLog();
  void loadErrorWords();
  const problems = new Problems({
    examine: createExamination(disk?.examineAround),
    onFault: (error, uri) =>
      log.log("error", `Examining ${uri.toString()}: ${(error as Error).stack ?? String(error)}`),
    delayMs,
  });
  context.subscriptions.push(
    log,
    problems,
    registerAuthoring(),
    registerDefinitions(disk?.findPayload),
    registerFormEditor(context, problems),
    registerLinks(),
    registerMilestones(),
    registerMovedFiles(),
    registerNames(),
    registerPathProposals(),
    registerQuickFixes(problems),
    registerReference(),
    registerReport(context),
    registerValidation(problems, log),
    vscode.commands.registerCommand("outrider.showLog", () => log.show()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => problems.refresh()),
  );
  return { log, problems };
}
