/**
 * The form beside the text editor: a view of the same document. Each answer is one small edit of the text, so that
 * undo, comments in version control and whatever the form does not know stay as they were.
 */
import * as vscode from "vscode";
import { contentOf, type PlacedFault } from "../documents/form/content.ts";
import { editsOfOrder, type FormOrder } from "../documents/form/orders.ts";
import { shapeOf } from "../documents/form/shape.ts";
import { visible } from "../documents/form/written.ts";
import { editorSchema, nodeAt, pointerOf, rangeOf, type Finding } from "../documents/index.ts";
import { toRange } from "../editor/conversion.ts";
import { t } from "../editor/l10n.ts";
import { serve, type ServedDocument } from "../editor/load-documents.ts";
import type { Problems } from "../editor/problems.ts";
import { webviewPage } from "../editor/webview-page.ts";
import type { FromForm, Group, ToForm } from "../form/messages.ts";
import { formWords } from "./form-words.ts";

const showPauseMs = 100;

/** What a form needs. */
export interface FormPlace {
  readonly document: vscode.TextDocument;
  readonly panel: vscode.WebviewPanel;
  /** Folder of the page's files. */
  readonly dist: vscode.Uri;
  readonly problems: Problems;
}

/** Fills a panel with the form of a document, until the panel is closed. */
export function openForm(place: FormPlace): void {
  const { dist, panel } = place;
  panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
  const form = new Form(place);
  panel.webview.html = webviewPage(panel.webview, dist, null);
  panel.onDidDispose(() => form.dispose());
}

class Form implements vscode.Disposable {
  readonly #place: FormPlace;
  readonly #subscriptions: vscode.Disposable;
  #orders = Promise.resolve();
  /** The version since which nothing but this form's answers has changed the text. */
  #since = 0;
  #isWriting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(place: FormPlace) {
    this.#place = place;
    const { document, panel } = place;
    const key = document.uri.toString();
    this.#subscriptions = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((message: FromForm) => this.#answer(message)),
      vscode.workspace.onDidChangeTextDocument((change) => {
        if (change.document !== document || change.contentChanges.length === 0) return;
        if (!this.#isWriting) this.#since = document.version;
        this.#showSoon();
      }),
      // What is wrong may come from files beside it.
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        if (uris.some((uri) => uri.toString() === key)) this.#showSoon();
      }),
    );
  }

  /** One after the other: each is held to the text that the one before has left. */
  #answer(message: FromForm): void {
    this.#orders = this.#carryOut(message, this.#orders);
  }

  async #carryOut(message: FromForm, before: Promise<void>): Promise<void> {
    await before;
    if (message.kind === "ready") await this.#show();
    else if (message.kind === "openText") await openText(this.#place.document, message.pointer);
    else await this.#apply(message);
  }

  async #apply(order: FormOrder): Promise<void> {
    const { document, problems } = this.#place;
    const { content, root, served } = await readForm(document, await problems.findingsOf(document));
    if (content === undefined) return;
    const now = { document: served.json, root, content, since: this.#since };
    const edit = new vscode.WorkspaceEdit();
    for (const { range, text } of editsOfOrder(now, order))
      edit.replace(document.uri, toRange(range), text);
    if (edit.size === 0) return;
    // Answers and additions leave everything at its place.
    this.#isWriting = order.kind === "write" || order.kind === "add";
    await vscode.workspace.applyEdit(edit);
    this.#isWriting = false;
  }

  #showSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#show(), showPauseMs);
  }

  async #show(): Promise<void> {
    const { document, panel, problems } = this.#place;
    const told = await toForm(document, await problems.findingsOf(document));
    await panel.webview.postMessage(told);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
  }
}

/** The form of a text; no content where it is no JSON that the SDK reads. */
async function readForm(
  document: vscode.TextDocument,
  findings: readonly Finding[],
): Promise<{
  readonly served: ServedDocument;
  readonly root: ReturnType<ServedDocument["service"]["parseJSONDocument"]>["root"];
  readonly content?: Group;
}> {
  const served = await serve(document);
  const { json, schema, service } = served;
  const parsed = service.parseJSONDocument(json);
  const { root } = parsed;
  const shape = shapeOf(schema, t);
  const isJson = findings.every(({ code }) => !code.startsWith("JSON_"));
  const value = isJson ? valueOf(json.getText()) : undefined;
  if (shape === undefined || typeof value !== "object" || value === null || Array.isArray(value))
    return { served, root };
  const faults = findings.map(({ message, range }): PlacedFault => {
    const node = parsed.getNodeFromOffset(json.offsetAt(range.start));
    const isKey = node?.parent?.type === "property" && node.parent.keyNode === node;
    const told = isKey ? node.parent?.parent : node;
    return { pointer: told === undefined ? "" : pointerOf(told), message };
  });
  const content = contentOf({ shape, schema: editorSchema(schema, t), value, faults, t });
  return { served, root, content };
}

async function toForm(
  document: vscode.TextDocument,
  findings: readonly Finding[],
): Promise<ToForm> {
  const words = formWords();
  const name = visible(vscode.workspace.asRelativePath(document.uri));
  const title = t("{0}, as a form", name);
  const { version } = document;
  const { content } = await readForm(document, findings);
  if (content !== undefined) return { kind: "show", title, version, content, words };
  const ofText = findings.filter(({ code }) => code.startsWith("JSON_"));
  // Where the text is no JSON, what the schema says of what is left of it leads nobody anywhere.
  const faults = (ofText.length > 0 ? ofText : findings)
    .toSorted((left, right) => left.range.start.line - right.range.start.line)
    .map(({ message, range }) => t("Line {0}: {1}", range.start.line + 1, visible(message)));
  return { kind: "unreadable", title, faults, words };
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // what is wrong with it stands among the findings
  }
}

async function openText(document: vscode.TextDocument, pointer: string): Promise<void> {
  const { json, service } = await serve(document);
  const node = nodeAt(service.parseJSONDocument(json).root, pointer);
  const place =
    node === undefined || pointer === "" ? {} : { selection: toRange(rangeOf(json, node)) };
  await vscode.commands.executeCommand("vscode.openWith", document.uri, "default", place);
}
