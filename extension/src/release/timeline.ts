/** The picture of a push: the planner's SVG in a page that runs nothing. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";

let panel: vscode.WebviewPanel | undefined;

/** Shows the picture, in the place of the last one. */
export function showTimeline(release: string, picture: string): void {
  if (panel === undefined) {
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    panel = vscode.window.createWebviewPanel("outrider.timeline", "", place, {});
    panel.onDidDispose(() => (panel = undefined));
  } else panel.reveal(undefined, true);
  panel.title = t("Push of {0}", release);
  // A page of the editor follows its theme, not the system's.
  const themed = picture.replace(
    "@media(prefers-color-scheme:dark){",
    ".vscode-dark,.vscode-high-contrast:not(.vscode-high-contrast-light){",
  );
  panel.webview.html = `<!doctype html>
<html lang="${vscode.env.language}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>Outrider</title>
    <style>svg { width: 100%; min-width: 46rem; height: auto; }</style>
  </head>
  <body><main>${themed}</main></body>
</html>`;
}
