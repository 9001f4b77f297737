/** Registers "Go to Definition", "Find All References" and rename of the names that documents share. */
import * as vscode from "vscode";
import { languageIds } from "../documents/languages.ts";

/** Registers them; the search is loaded when somebody first asks. */
export function registerNames(): vscode.Disposable {
  const languages = [...languageIds];
  const search = () => import("./find-names.ts");
  return vscode.Disposable.from(
    vscode.languages.registerDefinitionProvider(languages, {
      provideDefinition: async (...asked) => (await search()).definitionsOf(...asked),
    }),
    vscode.languages.registerReferenceProvider(languages, {
      provideReferences: async (...asked) => (await search()).referencesOf(...asked),
    }),
    vscode.languages.registerRenameProvider(languages, {
      prepareRename: async (document, position) =>
        (await search()).prepareRename(document, position),
      provideRenameEdits: async (...asked) => (await search()).rename(...asked),
    }),
  );
}
