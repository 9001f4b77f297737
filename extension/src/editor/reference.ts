/** What the error table says of a code, as a page that opens without a network. */
import { errorTable, type ErrorCode } from "@outrider/sdk/errors";
import * as vscode from "vscode";
import { t } from "./l10n.ts";

const scheme = "outrider-reference";
const command = "outrider.explainError";

/** The link that a problem's code is. */
export function errorPage(code: ErrorCode): vscode.Uri {
  const options = encodeURIComponent(JSON.stringify([code]));
  return vscode.Uri.parse(`command:${command}?${options}`);
}

/** Registers the pages and the command that shows one. */
export function registerReference(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: ({ path }) => pageOf(path.replace(/^\/|\.md$/g, "")),
    }),
    vscode.commands.registerCommand(command, async (code: unknown) => {
      const uri = vscode.Uri.from({ scheme, path: `/${String(code)}.md` });
      await vscode.commands.executeCommand("markdown.showPreview", uri);
    }),
  );
}

async function pageOf(code: string): Promise<string> {
  if (!Object.hasOwn(errorTable, code)) return "";
  const { errorAdvice } = await import("@outrider/sdk/errors/advice");
  const { meaning, remedy } = errorAdvice[code as ErrorCode];
  const { exit } = errorTable[code as ErrorCode];
  return [
    `# ${code}`,
    t(meaning),
    `**${t("What to do")}**: ${t(remedy)}`,
    t("On the command line, `outrider` ends with exit code {0}.", exit),
  ].join("\n\n");
}
