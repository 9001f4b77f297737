/**
 * The preview of a push as a page that runs nothing: what would be done, the plan as a table, the planner's picture.
 */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import { previewType } from "./place-below.ts";
import type { PreviewContent } from "./preview-content.ts";
import { previewStyle } from "./preview-style.ts";

let panel: vscode.WebviewPanel | undefined;

/** Shows it, in the place of the last one. @param picture SVG, whose texts are escaped */
export function showPreview(
  place: vscode.ViewColumn,
  release: string,
  content: PreviewContent,
  picture: string,
): void {
  if (panel === undefined) {
    const shown = { viewColumn: place, preserveFocus: true };
    panel = vscode.window.createWebviewPanel(previewType, "", shown, {});
    panel.iconPath = new vscode.ThemeIcon("rocket");
    panel.onDidDispose(() => (panel = undefined));
  } else panel.reveal(place, true);
  panel.title = t("Push of {0}", release);
  panel.webview.html = pageOf(content, picture);
}

/** Closes it. */
export function closePreview(): void {
  panel?.dispose();
}

function pageOf({ heading, facts, note, columns, rows }: PreviewContent, picture: string): string {
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join("");
  const body = rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`)
    .join("\n");
  return `<!doctype html>
<html lang="${vscode.env.language}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>Outrider</title>
    <style>${previewStyle}</style>
  </head>
  <body>
    <main id="preview">
      <h1>${escaped(heading)}</h1>
      <ul>${facts.map((fact) => `<li>${escaped(fact)}</li>`).join("")}</ul>
      <table>
        <thead><tr>${head}</tr></thead>
        <tbody>${body}</tbody>
      </table>
      <p>${escaped(note)}</p>
      <figure tabindex="0">${picture}</figure>
    </main>
  </body>
</html>`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
