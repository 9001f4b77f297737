/** Offers the repairs that findings carry: one by one, and all the safe ones of a document at once. */
import * as vscode from "vscode";
import type { Finding, TextReplacement } from "../documents/finding.ts";
import { languageIds } from "../documents/languages.ts";
import { toRange } from "./conversion.ts";
import { t } from "./l10n.ts";
import type { Problems } from "./problems.ts";

const fixAll = vscode.CodeActionKind.SourceFixAll.append("outrider");

/** Registers the quick fixes. */
export function registerQuickFixes(problems: Problems): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    [...languageIds],
    {
      async provideCodeActions(document, range, { diagnostics, only }) {
        const findings = await problems.findingsOf(document);
        const touched = findings.filter((finding) => toRange(finding.range).intersection(range));
        return [
          ...touched.flatMap((finding) => fixesOf(document, finding, diagnostics)),
          ...fixAllOf(document, findings, only),
        ];
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, fixAll] },
  );
}

function fixesOf(
  document: vscode.TextDocument,
  { fixes = [], message }: Finding,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction[] {
  return fixes.map(({ title, edits, safe }) => {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.edit = editOf(document, edits);
    action.diagnostics = diagnostics.filter((diagnostic) => diagnostic.message === message);
    action.isPreferred = safe;
    return action;
  });
}

function fixAllOf(
  document: vscode.TextDocument,
  findings: readonly Finding[],
  only: vscode.CodeActionKind | undefined,
): vscode.CodeAction[] {
  const fixes = findings.flatMap(({ fixes: own = [] }) =>
    own.filter(({ safe }) => safe).slice(0, 1),
  );
  const asked = only !== undefined && only.contains(fixAll);
  if (fixes.length === 0 || (!asked && fixes.length === 1)) return [];
  const kind = asked ? fixAll : vscode.CodeActionKind.QuickFix;
  const action = new vscode.CodeAction(
    t("Mend all {0} that can be mended safely", fixes.length),
    kind,
  );
  action.edit = editOf(
    document,
    fixes.flatMap(({ edits }) => edits),
  );
  return [action];
}

function editOf(
  { uri }: vscode.TextDocument,
  edits: readonly TextReplacement[],
): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  edit.set(
    uri,
    edits.map(({ range, text }) => new vscode.TextEdit(toRange(range), text)),
  );
  return edit;
}
