/**
 * Shows findings as problems: of every open document of ours, and of files that somebody asked about.
 *
 * What was asked for stays shown when its editor is closed, and follows the file on disk until the file is gone; the
 * rest goes with its editor. A result that a newer text has overtaken is dropped.
 */
import * as vscode from "vscode";
import type { Finding } from "../documents/index.ts";
import { languageIds } from "../documents/languages.ts";
import { toRange } from "./conversion.ts";
import type { Examination } from "./examination.ts";
import { errorPage } from "./reference.ts";
import { openDocument } from "./text.ts";

/** What an examination needs and is told. */
export interface ProblemOptions {
  readonly examine: Examination;
  /** Told of every examination that failed where nobody waits for it. */
  readonly onFault: (error: unknown, uri: vscode.Uri) => void;
  /** Pause after the last keystroke. */
  readonly delayMs: number;
}

interface Examined {
  readonly findings: readonly Finding[];
  /** Of the open document when its examination began. */
  readonly version: number | undefined;
}

/** The problems that are shown. */
export class Problems implements vscode.Disposable {
  readonly #options: ProblemOptions;
  readonly #shown = vscode.languages.createDiagnosticCollection("outrider");
  readonly #askedFor = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #examined = new Map<string, Examined>();
  readonly #latest = new Map<string, object>();
  readonly #subscriptions: vscode.Disposable;

  constructor(options: ProblemOptions) {
    this.#options = options;
    const { workspace } = vscode;
    this.#subscriptions = vscode.Disposable.from(
      this.#shown,
      workspace.onDidOpenTextDocument((document) => this.#schedule(document, 0)),
      workspace.onDidChangeTextDocument(({ document, contentChanges: changes }) => {
        // Whoever has pasted, mended or undone something waits for what comes of it: they are done.
        if (changes.length > 0) this.#schedule(document, isTyped(changes) ? options.delayMs : 0);
      }),
      workspace.onDidCloseTextDocument(({ uri }) => this.#close(uri)),
    );
    this.refresh();
  }

  /** Examines every open document of ours anew. */
  refresh(): void {
    for (const document of vscode.workspace.textDocuments) this.#schedule(document, 0);
  }

  /**
   * Examines a file, open or not, because somebody asked.
   *
   * @returns `undefined` if the file is of no kind that we know.
   * @throws FILE_MISSING, FILE_UNREADABLE, DOCUMENT_TOO_LARGE
   */
  async ask(uri: vscode.Uri): Promise<readonly Finding[] | undefined> {
    this.#askedFor.add(uri.toString());
    return this.#examine(uri);
  }

  /** The findings of an open document as its text is now; examines it at once where it was changed since. */
  async findingsOf(document: vscode.TextDocument): Promise<readonly Finding[]> {
    const { uri, version } = document;
    const examined = this.#examined.get(uri.toString());
    if (examined?.version === version) return examined.findings;
    const findings = await this.#examineQuietly(uri);
    return document.version === version ? (findings ?? []) : [];
  }

  /** Was the file asked for? Whoever watches the disk calls {@link ask} again, or {@link forget}. */
  isAskedFor(uri: vscode.Uri): boolean {
    return this.#askedFor.has(uri.toString());
  }

  /** Takes away what is shown for a file. */
  forget(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#askedFor.delete(key);
    this.#latest.delete(key);
    this.#examined.delete(key);
    this.#shown.delete(uri);
  }

  #schedule({ uri, languageId }: vscode.TextDocument, delayMs: number): void {
    const key = uri.toString();
    if (!languageIds.includes(languageId) && !this.#askedFor.has(key)) return;
    if (!isOfTheWorkspace(uri)) return;
    clearTimeout(this.#timers.get(key));
    const timer = setTimeout(() => void this.#examineQuietly(uri), delayMs);
    this.#timers.set(key, timer);
  }

  async #examineQuietly(uri: vscode.Uri): Promise<readonly Finding[] | undefined> {
    try {
      return await this.#examine(uri);
    } catch (error) {
      this.#options.onFault(error, uri);
      return undefined;
    }
  }

  async #examine(uri: vscode.Uri): Promise<readonly Finding[] | undefined> {
    const key = uri.toString();
    const mine = {};
    this.#latest.set(key, mine);
    const version = openDocument(uri)?.version;
    const findings = await this.#options.examine(uri);
    if (this.#latest.get(key) !== mine) return findings;
    if (findings === undefined) this.forget(uri);
    else {
      const before = this.#examined.get(key)?.findings;
      this.#examined.set(key, { findings, version });
      this.#show(uri, findings, before);
    }
    return findings;
  }

  /**
   * The same again is not shown again: whenever problems are shown the editor asks anew for what lies at the cursor,
   * and drops the command that it is just carrying out, such as "Fix All".
   */
  #show(
    uri: vscode.Uri,
    findings: readonly Finding[],
    before: readonly Finding[] | undefined,
  ): void {
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(findings)) return;
    this.#shown.set(
      uri,
      findings.map((finding) => toDiagnostic(uri, finding)),
    );
  }

  #close(uri: vscode.Uri): void {
    // Its editor may have held changes that were thrown away: what is on the disk counts now.
    if (this.isAskedFor(uri)) void this.#examineQuietly(uri);
    else this.forget(uri);
  }

  /** Takes all problems away. */
  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#latest.clear();
    this.#subscriptions.dispose();
  }
}

/** An old version in a diff view is nobody's problem. */
function isOfTheWorkspace({ scheme }: vscode.Uri): boolean {
  return scheme === "untitled" || vscode.workspace.fs.isWritableFileSystem(scheme) !== false;
}

/** One character, or one with what the editor closes it by. */
function isTyped(changes: readonly vscode.TextDocumentContentChangeEvent[]): boolean {
  return changes.every(({ rangeLength, text }) => text.length <= 2 && rangeLength <= 1);
}

function toDiagnostic(uri: vscode.Uri, finding: Finding): vscode.Diagnostic {
  const { code, message, range, related = [], severity } = finding;
  const diagnostic = new vscode.Diagnostic(
    toRange(range),
    message,
    severity === "error" ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
  );
  diagnostic.source = "outrider";
  diagnostic.code = { value: code, target: errorPage(code) };
  diagnostic.relatedInformation = related.map(
    (place) =>
      new vscode.DiagnosticRelatedInformation(
        new vscode.Location(uri, toRange(place.range)),
        place.message,
      ),
  );
  return diagnostic;
}
