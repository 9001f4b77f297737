/** "Go to Definition": from a file set to the files that it takes, from a push to the manifest of its package. */
import * as vscode from "vscode";
import { languageIdOf } from "../documents/languages.ts";
import { toRange } from "./conversion.ts";
import { loadDocuments, stringAt } from "./load-documents.ts";
import { readText } from "./text.ts";

/** The files that the file set at a pointer takes, below the manifest's folder; on this machine's disk. */
export type FindPayload = (
  text: string,
  pointer: string,
  folder: string,
) => Promise<readonly string[]>;

/** Registers the definitions; those of file sets only where there is a disk. */
export function registerDefinitions(findPayload?: FindPayload): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerDefinitionProvider(languageIdOf("push"), {
      provideDefinition: async (document, position) => {
        const found = await stringAt(document, position);
        return found?.pointer === "/package" ? findManifests(found.value) : undefined;
      },
    }),
    vscode.languages.registerDefinitionProvider(languageIdOf("outrider"), {
      provideDefinition: async (document, position) => {
        const found = await stringAt(document, position);
        const set = /^(.*\/files\/\d+)\/from$/.exec(found?.pointer ?? "")?.[1];
        if (set === undefined || findPayload === undefined) return undefined;
        if (document.uri.scheme !== "file" || !vscode.workspace.isTrusted) return undefined;
        const folder = vscode.Uri.joinPath(document.uri, "..").fsPath;
        const files = await findPayload(document.getText(), set, folder);
        return files.map((file) => new vscode.Location(vscode.Uri.file(file), start));
      },
    }),
  );
}

const start = new vscode.Position(0, 0);

/** Where the workspace's manifests say this name. */
async function findManifests(name: string): Promise<vscode.Location[]> {
  const { fileNamesOf } = await loadDocuments();
  const pattern = `**/{${fileNamesOf("outrider").join(",")}}`;
  const found: vscode.Location[] = [];
  for (const uri of await vscode.workspace.findFiles(pattern, "**/{node_modules,.git}/**")) {
    const location = await nameIn(uri, name);
    if (location !== undefined) found.push(location);
  }
  return found;
}

async function nameIn(uri: vscode.Uri, name: string): Promise<vscode.Location | undefined> {
  const { createDocument, nodeAt, rangeOf, services } = await loadDocuments();
  try {
    const json = createDocument(uri.toString(), 0, (await readText(uri)).text);
    const node = nodeAt(services("outrider").parseJSONDocument(json).root, "/name");
    if (node?.value !== name) return undefined;
    return new vscode.Location(uri, toRange(rangeOf(json, node)));
  } catch {
    return undefined; // unreadable: it is nobody's definition, and told where it is opened
  }
}
