/** A deployment as a file: a page that needs nothing but itself, or a table of every agent and audit entry. */
import type { Overview, ServerClient } from "@outrider/sdk/client";
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";

/** As many as a server gives. */
const maxEntries = 1000;

/** Asks where, writes it, and offers to open it. */
export async function exportDeployment(
  format: "html" | "csv",
  overview: Overview,
  client: ServerClient,
): Promise<void> {
  const { packageName, version, id } = overview.shown.deployment;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(".");
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(folder, `${packageName}-${version}.${format}`),
    filters: { [format.toUpperCase()]: [format] },
  });
  if (target === undefined) return;
  const { deploymentCsv, deploymentHtml, readAllRows, readAudit } =
    await import("@outrider/sdk/client");
  const rows = [];
  for await (const row of readAllRows(client, id)) rows.push(row);
  const audit = await readAudit(client, id, { limit: maxEntries });
  const records = { overview, rows, audit };
  const text =
    format === "csv"
      ? deploymentCsv(records)
      : deploymentHtml(records, { language: vscode.env.language, t });
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  const open = t("Open");
  const name = vscode.workspace.asRelativePath(target);
  if ((await vscode.window.showInformationMessage(t("Written to {0}.", name), open)) === open)
    await vscode.window.showTextDocument(target);
}
