/** Registers the hover over cron expressions of push files. */
import * as vscode from "vscode";
import { languageIdOf } from "../documents/languages.ts";
import { stringAt } from "../editor/load-documents.ts";

/** Registers the hover over cron expressions of push files. */
export function registerFirings(): vscode.Disposable {
  return vscode.languages.registerHoverProvider(languageIdOf("push"), {
    async provideHover(document, position) {
      const found = await stringAt(document, position);
      const schedule = /^(.*)\/cron$/.exec(found?.pointer ?? "")?.[1];
      if (schedule === undefined) return undefined;
      const { firingsAt } = await import("./next-firings.ts");
      return firingsAt(document.getText(), schedule);
    },
  });
}
