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
      provideCodeActions(document, _range, { diagnostics, only }) {
        const findings = problems.findingsOf(document);
        const actions = diagnostics.flatMap((diagnostic) => {
          const finding = findings.find((candidate) => isShownAs(candidate, diagnostic));
          return finding === undefined ? [] : fixesOf(document, finding, diagnostic);
        });
        return [...actions, ...fixAllOf(document, findings, only)];
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, fixAll] },
  );
}

function isShownAs({ message, range }: Finding, diagnostic: vscode.Diagnostic): boolean {
  return (
    diagnostic.source === "outrider" &&
    diagnostic.message === message &&
    diagnostic.range.isEqual(toRange(range))
  );
}

function fixesOf(
  document: vscode.TextDocument,
  { fixes = [] }: Finding,
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction[] {
  return fixes.map(({ title, edits, safe }) => {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.edit = editOf(document, edits);
    action.diagnostics = [diagnostic];
    action.isPreferred = safe;
    return action;
  });
}

function fixAllOf(
  document: vscode.TextDocument,
  findings: readonly Finding[],
  only: vscode.CodeActionKind | undefined,
): vscode.CodeAction[] {
  const fixes = findings.flatMap(({ fixes: own = [] }) => own.filter(({ safe }) => safe).slice(0, 1));
  const asked = only !== undefined && only.contains(fixAll);
  if (fixes.length === 0 || (!asked && fixes.length === 1)) return [];
  const kind = asked ? fixAll : vscode.CodeActionKind.QuickFix;
  const action = new vscode.CodeAction(t("Mend all {0} that can be mended safely", fixes.length), kind);
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
