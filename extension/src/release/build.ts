/** "Build": from the source manifest to a package that can be signed. Saved first, since the saved bytes are built. */
import { isOutriderError, say } from "@outrider/sdk/errors";
import * as vscode from "vscode";
import { errorWords } from "../editor/error-words.ts";
import { t } from "../editor/l10n.ts";
import { reach } from "../editor/milestones.ts";
import { outputOf } from "./built.ts";
import { atDesk } from "./desk.ts";
import { offer } from "./offer.ts";

/** Builds; offers to sign. @returns the folder, or `undefined` where the person leaves */
export async function build(source: vscode.Uri): Promise<vscode.Uri | undefined> {
  await vscode.workspace.save(source);
  const built = await buildOnce(source, false).catch(async (error: unknown) => {
    if (!isOutriderError(error)) throw error;
    if (error.code === "DOCUMENT_INVALID" && hasProblems(source)) {
      await vscode.window.showTextDocument(source);
      const text = t(
        "{0} has errors, so it was not built.",
        vscode.workspace.asRelativePath(source),
      );
      void offer(text, t("Show Problems"), "workbench.actions.view.problems");
      return undefined;
    }
    if (error.code !== "FILE_EXISTS") throw error;
    const replace = t("Build Again");
    const text = t("{0} Its signatures would be gone.", errorWords(error));
    return (await vscode.window.showWarningMessage(text, replace)) === replace
      ? buildOnce(source, true)
      : undefined;
  });
  if (built === undefined) return undefined;
  reach("built");
  const { manifest, archive, directory } = built;
  const folder = vscode.Uri.file(directory);
  const { name, version, files } = manifest;
  const text =
    files.length === 1
      ? t("Built {0} {1}: one file, {2} bytes packed.", name, version, archive.size)
      : t("Built {0} {1}: {2} files, {3} bytes packed.", name, version, files.length, archive.size);
  void offer(text, t("Sign…"), "outrider.sign", folder);
  return folder;
}

/** They stand at their lines, in words for people, with what mends them. */
function hasProblems(source: vscode.Uri): boolean {
  return vscode.languages
    .getDiagnostics(source)
    .some(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
}

async function buildOnce(source: vscode.Uri, force: boolean) {
  const name = vscode.workspace.asRelativePath(source);
  return atDesk(t("Building {0}", name), vscode.Uri.joinPath(source, "..").fsPath, async (desk) => {
    const { buildPackage } = await import("@outrider/sdk/package/build");
    return buildPackage({
      sourceFile: source.fsPath,
      outputDirectory: outputOf(source).fsPath,
      releasedAt: new Date(),
      force,
      signal: desk.signal,
      onProgress: desk.follow(say("packing")).update,
    });
  });
}
