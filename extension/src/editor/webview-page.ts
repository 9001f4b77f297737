/** The page of a webview: its own script and style and nothing else may load (THREATS E2). */
import * as vscode from "vscode";

/**
 * The page's HTML; whatever comes from a server or a file is put there as text, later.
 *
 * @param dist folder of its `main.js` and `style.css`.
 * @param place what the page keeps over a reload of the window.
 */
export function webviewPage(
  webview: vscode.Webview,
  dist: vscode.Uri,
  place: object | null,
): string {
  const nonce = crypto.randomUUID();
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
