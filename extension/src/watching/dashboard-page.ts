/** The page of a dashboard: its own script and style and nothing else may load (THREATS E2). */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** The page's HTML; whatever comes from a server is put there as text, later. */
export function dashboardPage(
  webview: vscode.Webview,
  dist: vscode.Uri,
  place: { readonly server: string; readonly deployment: string },
): string {
  const nonce = randomBytes(16).toString("hex");
  const uriOf = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join("; ");
  return `<!doctype html>
<html lang="${vscode.env.language}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Outrider</title>
    <link rel="stylesheet" href="${uriOf("style.css")}">
  </head>
  <body data-place="${encodeURIComponent(JSON.stringify(place))}">
    <main id="main"></main>
    <script nonce="${nonce}" src="${uriOf("main.js")}"></script>
  </body>
</html>`;
}
