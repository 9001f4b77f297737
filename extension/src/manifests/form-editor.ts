/**
 * The form beside the text editor: a view of the same document. Each answer is one small edit of the text, so that undo,
 * comments in version control and whatever the form does not know stay as they were.
 */
import type { SourceManifest } from "@outrider/sdk/schema";
import * as vscode from "vscode";
import type { TextReplacement } from "../documents/finding.ts";
import { toRange } from "../editor/conversion.ts";
import { t } from "../editor/l10n.ts";
import { loadDocuments, serve } from "../editor/load-documents.ts";
import { webviewPage } from "../editor/webview-page.ts";
import type { FromForm, ToForm } from "../form/messages.ts";
import { formWords, groupsOf, type PlacedFault } from "./form-fields.ts";

const showPauseMs = 150;

/** Fills a panel with the form of a document, until the panel is closed. @param dist folder of the page's files */
export function openForm(
  document: vscode.TextDocument,
  panel: vscode.WebviewPanel,
  dist: vscode.Uri,
): void {
  panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
  const form = new Form(document, panel.webview);
  panel.webview.html = webviewPage(panel.webview, dist, null);
  panel.onDidDispose(() => form.dispose());
}

class Form implements vscode.Disposable {
  readonly #document: vscode.TextDocument;
  readonly #webview: vscode.Webview;
  readonly #subscriptions: vscode.Disposable;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(document: vscode.TextDocument, webview: vscode.Webview) {
    this.#document = document;
    this.#webview = webview;
    this.#subscriptions = vscode.Disposable.from(
      webview.onDidReceiveMessage((message: FromForm) => void this.#answer(message)),
      vscode.workspace.onDidChangeTextDocument((change) => {
        if (change.document === document && change.contentChanges.length > 0) this.#showSoon();
      }),
    );
  }

  async #answer(message: FromForm): Promise<void> {
    if (message.kind === "ready") await this.#show();
    else if (message.kind === "openText")
      await vscode.commands.executeCommand("vscode.openWith", this.#document.uri, "default");
    else await this.#apply(await editsOf(this.#document, message));
  }

  async #apply(edits: readonly TextReplacement[]): Promise<void> {
    const edit = new vscode.WorkspaceEdit();
    for (const { range, text } of edits) edit.replace(this.#document.uri, toRange(range), text);
    await vscode.workspace.applyEdit(edit);
  }

  #showSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#show(), showPauseMs);
  }

  async #show(): Promise<void> {
    const told: ToForm = await toForm(this.#document);
    await this.#webview.postMessage(told);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
  }
}

async function toForm(document: vscode.TextDocument): Promise<ToForm> {
  const words = formWords();
  try {
    const value = JSON.parse(document.getText()) as Partial<SourceManifest>;
    const title = t("{0}, as a form", vscode.workspace.asRelativePath(document.uri));
    return { kind: "show", title, groups: groupsOf(value, await faultsOf(document)), words };
  } catch {
    const message = t("This is not valid JSON yet: mend it as text, and the form comes back.");
    return { kind: "unreadable", message, words };
  }
}

/** The same words as those of the text editor. */
async function faultsOf(document: vscode.TextDocument): Promise<PlacedFault[]> {
  const { examineText, kindOfText, pointerOf, services } = await loadDocuments();
  const { json, service } = await serve(document);
  const kind = kindOfText(document.languageId, document.getText());
  if (kind === undefined) return [];
  const parsed = service.parseJSONDocument(json);
  return (await examineText(json, kind, services, t)).map(({ message, range }) => {
    const node = parsed.getNodeFromOffset(json.offsetAt(range.start));
    return { pointer: node === undefined ? "" : pointerOf(node), message };
  });
}

async function editsOf(document: vscode.TextDocument, order: FromForm): Promise<TextReplacement[]> {
  const { addElement, nodeAt, removeElement, writeMember } = await loadDocuments();
  const { json, service } = await serve(document);
  const { root } = service.parseJSONDocument(json);
  if (order.kind === "remove") {
    const node = nodeAt(root, order.pointer);
    return node === undefined ? [] : [removeElement(json, node)];
  }
  if (order.kind === "write")
    return writeMember(json, root, order.pointer, order.value === "" ? undefined : order.value);
  return order.kind === "addFiles" ? addElement(json, root, "/files", { from: "dist/**" }) : [];
}
