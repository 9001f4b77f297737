/** "Copy Diagnostics": what a maintainer asks first, without names, paths or keys of the person. */
import * as vscode from "vscode";
import { t } from "./l10n.ts";

/** Registers the command. */
export function registerReport({ extension }: vscode.ExtensionContext): vscode.Disposable {
  return vscode.commands.registerCommand("outrider.copyDiagnostics", async () => {
    const report = reportOf(String(extension.packageJSON.version));
    await vscode.env.clipboard.writeText(report);
    void vscode.window.showInformationMessage(t("Copied. There is no path, name or key in it."));
    return report;
  });
}

function reportOf(version: string): string {
  const { workspace, env } = vscode;
  const codes = vscode.languages
    .getDiagnostics()
    .flatMap(([, diagnostics]) => diagnostics.filter(({ source }) => source === "outrider"))
    .map(({ code }) => (typeof code === "object" ? String(code.value) : String(code)));
  const counts = [...new Set(codes)]
    .toSorted()
    .map((code) => `${code} × ${codes.filter((other) => other === code).length}`);
  return [
    `Outrider ${version}`,
    `Editor ${env.appName} ${vscode.version} (${vscode.UIKind[env.uiKind]}${env.remoteName === undefined ? "" : `, remote ${kindOf(env.remoteName)}`}), language ${env.language}`,
    `Host ${typeof process === "object" ? `${process.platform} ${process.arch}, Node ${process.version}` : "web worker"}`,
    `Workspace ${workspace.isTrusted ? "trusted" : "restricted"}, ${workspace.workspaceFolders?.length ?? 0} folders, schemes ${[...new Set(workspace.workspaceFolders?.map(({ uri }) => uri.scheme))].join(", ") || "none"}`,
    `Servers ${workspace.getConfiguration("outrider").get<readonly unknown[]>("servers", []).length}`,
    `Problems ${counts.join(", ") || "none"}`,
  ].join("\n");
}

/** `ssh-remote`, `wsl` and the like; some say a host's name instead, which is nobody's business. */
function kindOf(remote: string): string {
  return /^[a-z-]+$/.test(remote) ? remote : "host";
}
