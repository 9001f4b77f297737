/** Documents that exist only to be looked at: what would be signed, what a push would do, what was verified. */
import * as vscode from "vscode";
import { showBelow, shownScheme } from "./place-below.ts";

/** Read-only texts by name. */
export class ShownDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;
  readonly onDidChange: vscode.Event<vscode.Uri> = this.#changed.event;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(shownScheme, this);
  }

  /** The text of a document that was shown. */
  provideTextDocumentContent({ path }: vscode.Uri): string {
    return this.#texts.get(path) ?? "";
  }

  /** Shows a text under a name such as `Preview.md`, in the place of what was there under that name. */
  async show(name: string, text: string, place?: vscode.ViewColumn): Promise<void> {
    if (place === undefined) return showBelow((below) => this.show(name, text, below));
    const uri = uriOf(name);
    this.#texts.set(uri.path, text);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, {
      preview: true,
      preserveFocus: true,
      viewColumn: place,
    });
  }

  /** Closes one that was decided about. */
  async close(name: string): Promise<void> {
    const wanted = uriOf(name).toString();
    const { tabGroups } = vscode.window;
    const tabs = tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputText && String(input.uri) === wanted);
    await tabGroups.close(tabs, true);
  }

  /** Ends it; what is open stays as it is. */
  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}

function uriOf(name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: shownScheme, path: `/${name}` });
}
