/** The preview of a push as a page that runs nothing: what would be done, the plan as a table, the planner's picture. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import { previewType } from "./place-below.ts";
import type { PreviewContent } from "./preview-content.ts";

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

function pageOf({ heading, facts, note, columns, rows }: PreviewContent, picture: string): string {
  const head = columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join("");
  const body = rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`)
    .join("\n");
  // A page of the editor follows its theme, not the system's.
  const themed = picture.replace(
    "@media(prefers-color-scheme:dark){",
    ".vscode-dark,.vscode-high-contrast:not(.vscode-high-contrast-light){",
  );
  return `<!doctype html>
<html lang="${vscode.env.language}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>Outrider</title>
    <style>${style}</style>
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
      <figure tabindex="0">${themed}</figure>
    </main>
  </body>
</html>`;
}

/** The picture lies on the page itself, in its colours, and is scrolled where it does not fit. */
const style = `
body { padding: 0 1.5rem 1rem; color: var(--vscode-foreground); font: var(--vscode-font-size) var(--vscode-font-family); }
h1 { margin: 0.75rem 0 0.25rem; font-size: 1.3em; }
ul { display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; margin: 0 0 0.75rem; padding: 0; list-style: none; }
table { border-collapse: collapse; }
th, td { padding: 0.2rem 2rem 0.2rem 0; text-align: start; border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); }
p { color: var(--vscode-descriptionForeground); }
figure { margin: 0; overflow-x: auto; }
figure:focus-visible { outline: 1px solid var(--vscode-focusBorder); }
#preview svg { width: 100%; min-width: 46rem; max-width: 64rem; height: auto; }
#preview .card { fill: none; stroke: none; }
#preview :is(.title, .name, .ink) { fill: var(--vscode-foreground); }
#preview .soft { fill: var(--vscode-descriptionForeground); }
#preview .band { fill: var(--vscode-editorWidget-background); }
`;

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
