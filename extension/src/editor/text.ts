/** The text of a file: as its editor has it, else as the disk has it. */
import { OutriderError, say } from "@outrider/sdk/errors";
import * as vscode from "vscode";
import { loadDocuments } from "./load-documents.ts";

/** A text and the language that it is in. */
export interface Text {
  readonly languageId: string;
  readonly text: string;
}

const maxBytes = 32 * 1024 * 1024;

/** The text as a person sees it now. @throws FILE_MISSING, FILE_UNREADABLE, DOCUMENT_TOO_LARGE, JSON_ENCODING */
export async function readText(uri: vscode.Uri): Promise<Text> {
  const open = openDocument(uri);
  if (open !== undefined) return { languageId: open.languageId, text: open.getText() };
  const subject = vscode.workspace.asRelativePath(uri);
  const bytes = await readBytes(uri, subject);
  const { decodeText, languageIdOfFile } = await loadDocuments();
  return { languageId: languageIdOfFile(uri.path), text: decodeText(bytes, subject) };
}

/** The document of an open editor. */
export function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    (document) => !document.isClosed && document.uri.toString() === uri.toString(),
  );
}

async function readBytes(uri: vscode.Uri, subject: string): Promise<Uint8Array> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size <= maxBytes) return await vscode.workspace.fs.readFile(uri);
  } catch (cause) {
    const missing = cause instanceof vscode.FileSystemError && cause.code === "FileNotFound";
    throw missing
      ? new OutriderError("FILE_MISSING", say("{0} does not exist.", subject), { subject, cause })
      : new OutriderError("FILE_UNREADABLE", say("{0} cannot be read.", subject), {
          subject,
          cause,
        });
  }
  const message = say("{0} has more than {1} MiB.", subject, maxBytes / 1024 / 1024);
  throw new OutriderError("DOCUMENT_TOO_LARGE", message, { subject });
}
