/**
 * Writing our documents: completion, hover, formatting, folding, outline and selection by the JSON language service.
 *
 * Signed documents (trust) are never formatted: a signature covers their exact bytes.
 */
import * as vscode from "vscode";
import { languageIdOf, languageIds } from "../documents/languages.ts";
import {
  toCompletionList,
  toDocumentSymbol,
  toFoldingRange,
  toHover,
  toSelectionRange,
  toTextEdits,
} from "./conversion.ts";
import { serve } from "./load-documents.ts";

const trust = languageIdOf("trust");

/** Registers the language features. */
export function registerAuthoring(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(
      [...languageIds],
      { provideCompletionItems: complete },
      '"',
      ":",
      " ",
    ),
    vscode.languages.registerHoverProvider([...languageIds], { provideHover: hover }),
    vscode.languages.registerDocumentRangeFormattingEditProvider(
      languageIds.filter((id) => id !== trust),
      { provideDocumentRangeFormattingEdits: format },
    ),
    vscode.languages.registerFoldingRangeProvider([...languageIds], { provideFoldingRanges: fold }),
    vscode.languages.registerSelectionRangeProvider([...languageIds], {
      provideSelectionRanges: select,
    }),
    vscode.languages.registerDocumentSymbolProvider(
      [...languageIds],
      { provideDocumentSymbols: outline },
      { label: "Outrider" },
    ),
  );
}

async function complete(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.CompletionList | undefined> {
  const { service, json } = await serve(document);
  const list = await service.doComplete(json, position, service.parseJSONDocument(json));
  return list === null ? undefined : toCompletionList(list);
}

async function hover(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.Hover | undefined> {
  const { service, json } = await serve(document);
  const told = await service.doHover(json, position, service.parseJSONDocument(json));
  return told === null ? undefined : toHover(told);
}

async function format(
  document: vscode.TextDocument,
  range: vscode.Range,
  options: vscode.FormattingOptions,
): Promise<vscode.TextEdit[]> {
  const { service, json } = await serve(document);
  return toTextEdits(service.format(json, range, options));
}

async function fold(document: vscode.TextDocument): Promise<vscode.FoldingRange[]> {
  const { service, json } = await serve(document);
  return service.getFoldingRanges(json).map(toFoldingRange);
}

async function select(
  document: vscode.TextDocument,
  positions: readonly vscode.Position[],
): Promise<vscode.SelectionRange[]> {
  const { service, json } = await serve(document);
  const parsed = service.parseJSONDocument(json);
  return service.getSelectionRanges(json, [...positions], parsed).map(toSelectionRange);
}

async function outline(document: vscode.TextDocument): Promise<vscode.DocumentSymbol[]> {
  const { service, json } = await serve(document);
  return service.findDocumentSymbols2(json, service.parseJSONDocument(json)).map(toDocumentSymbol);
}
