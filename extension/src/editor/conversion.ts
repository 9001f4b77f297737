/** The language service's values as VS Code's: the same things under the protocol's numbering. */
import * as vscode from "vscode";
import type {
  CompletionItem,
  CompletionList,
  DocumentSymbol,
  FoldingRange,
  Hover,
  MarkupContent,
  SelectionRange,
  TextEdit,
} from "vscode-json-languageservice";
import type { TextRange } from "../documents/finding.ts";
import { withoutRepeat } from "../documents/hover-text.ts";

/** A range. */
export function toRange({ start, end }: TextRange): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** Edits of one document. */
export function toTextEdits(edits: readonly TextEdit[]): vscode.TextEdit[] {
  return edits.map(({ range, newText }) => new vscode.TextEdit(toRange(range), newText));
}

/** What is shown beside the pointer; nothing where the service has nothing to say. */
export function toHover({ contents, range }: Hover): vscode.Hover | undefined {
  const parts = (Array.isArray(contents) ? contents : [contents])
    .map((part) => (typeof part === "string" ? part : part.value))
    .filter((part) => part !== "");
  if (parts.length === 0) return undefined;
  return new vscode.Hover(
    parts.map((part) => new vscode.MarkdownString(withoutRepeat(part))),
    range === undefined ? undefined : toRange(range),
  );
}

/** Proposals. */
export function toCompletionList({ isIncomplete, items }: CompletionList): vscode.CompletionList {
  return new vscode.CompletionList(items.map(toCompletionItem), isIncomplete);
}

function toCompletionItem(item: CompletionItem): vscode.CompletionItem {
  // The protocol counts kinds from 1, the editor from 0.
  const kind = (item.kind === undefined ? 0 : item.kind - 1) as vscode.CompletionItemKind;
  const result = new vscode.CompletionItem(item.label, kind);
  const { textEdit, documentation, detail, sortText, filterText } = item;
  const text = textEdit?.newText ?? item.insertText ?? item.label;
  result.insertText = item.insertTextFormat === 2 ? new vscode.SnippetString(text) : text;
  if (textEdit !== undefined && "range" in textEdit) result.range = toRange(textEdit.range);
  if (documentation !== undefined) result.documentation = toMarkdown(documentation);
  if (detail !== undefined) result.detail = detail;
  if (sortText !== undefined) result.sortText = sortText;
  if (filterText !== undefined) result.filterText = filterText;
  return result;
}

function toMarkdown(content: string | MarkupContent): vscode.MarkdownString | string {
  if (typeof content === "string") return content;
  return content.kind === "markdown" ? new vscode.MarkdownString(content.value) : content.value;
}

/** The outline. */
export function toDocumentSymbol(symbol: DocumentSymbol): vscode.DocumentSymbol {
  const result = new vscode.DocumentSymbol(
    symbol.name === "" ? '""' : symbol.name,
    symbol.detail ?? "",
    symbol.kind - 1,
    toRange(symbol.range),
    toRange(symbol.selectionRange),
  );
  result.children = (symbol.children ?? []).map(toDocumentSymbol);
  return result;
}

/** A part that can be folded. */
export function toFoldingRange({ startLine, endLine }: FoldingRange): vscode.FoldingRange {
  return new vscode.FoldingRange(startLine, endLine);
}

/** What "expand selection" takes next. */
export function toSelectionRange({ range, parent }: SelectionRange): vscode.SelectionRange {
  return new vscode.SelectionRange(
    toRange(range),
    parent === undefined ? undefined : toSelectionRange(parent),
  );
}
