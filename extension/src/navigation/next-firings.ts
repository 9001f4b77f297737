/** What a schedule comes to: its next five firings, in the person's own time zone. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";

const count = 5;

/** Of the schedule at a pointer; nothing where the text is not valid yet. */
export async function firingsAt(text: string, pointer: string): Promise<vscode.Hover | undefined> {
  const { nextFirings, schedulesOf } = await import("@outrider/sdk/authoring");
  const { readDocumentText, validatePushFile } = await import("@outrider/sdk/schema");
  try {
    const placed = schedulesOf(readDocumentText(text, validatePushFile, "").on).find(
      (candidate) => candidate.pointer === pointer,
    );
    if (placed === undefined) return undefined;
    const firings = nextFirings(placed.schedule, new Date(), count);
    if (firings.length === 0) return undefined;
    return new vscode.Hover(textOf(firings, placed.schedule.timeZone ?? "UTC"));
  } catch {
    return undefined; // not valid yet: that is told as a problem
  }
}

function textOf(firings: readonly Date[], written: string): vscode.MarkdownString {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const format = new Intl.DateTimeFormat(vscode.env.language, {
    dateStyle: "full",
    timeStyle: "short",
  });
  const head =
    timeZone === written
      ? t("The next firings ({0}):", timeZone)
      : t("The next firings, in {0} (the schedule is in {1}):", timeZone, written);
  const lines = firings.map((firing) => `- ${format.format(firing)}`);
  return new vscode.MarkdownString(`${head}\n\n${lines.join("\n")}`);
}
