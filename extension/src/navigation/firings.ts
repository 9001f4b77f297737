/** What a schedule comes to, beside the pointer: its next five firings, in the person's own time zone. */
import * as vscode from "vscode";
import { languageIdOf } from "../documents/languages.ts";
import { t } from "../editor/l10n.ts";
import { stringAt } from "../editor/load-documents.ts";

const count = 5;

/** Registers the hover over cron expressions of push files. */
export function registerFirings(): vscode.Disposable {
  return vscode.languages.registerHoverProvider(languageIdOf("push"), {
    async provideHover(document, position) {
      const found = await stringAt(document, position);
      const schedule = /^(.*)\/cron$/.exec(found?.pointer ?? "")?.[1];
      return schedule === undefined ? undefined : firingsAt(document.getText(), schedule);
    },
  });
}

async function firingsAt(text: string, pointer: string): Promise<vscode.Hover | undefined> {
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
