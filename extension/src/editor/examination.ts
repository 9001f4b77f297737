/**
 * Examines a text: first against its schema, then, for a file on a disk that may be trusted, against what lies around
 * it. The second part is there only where the extension runs in Node.
 */
import type { Remark } from "@outrider/sdk/authoring";
import { isOutriderError } from "@outrider/sdk/errors";
import * as vscode from "vscode";
import type { Finding } from "../documents/index.ts";
import { t } from "./l10n.ts";
import { loadDocuments } from "./load-documents.ts";
import { readText } from "./text.ts";

/** Examines a file on this machine's disk, which its schema accepts, against what lies around it. */
export type ExamineAround = (
  schema: string,
  text: string,
  uri: vscode.Uri,
) => Promise<readonly Remark[]>;

/** What is wrong with a file as a person sees it now; `undefined` if it is not of a kind that we know. */
export type Examination = (uri: vscode.Uri) => Promise<readonly Finding[] | undefined>;

/** Makes the examination; without `examineAround` only the schemas are asked. */
export function createExamination(examineAround?: ExamineAround): Examination {
  return async (uri) => {
    const { createDocument, examineText, kindOfText, placeRemark, services } =
      await loadDocuments();
    let text: string;
    let languageId: string;
    try {
      ({ text, languageId } = await readText(uri));
    } catch (error) {
      if (isOutriderError(error) && error.code === "JSON_ENCODING")
        return [atStart(error.code, t("It is not UTF-8 without a byte order mark."))];
      throw error;
    }
    const kind = kindOfText(languageId, text);
    if (kind === undefined) return undefined;
    const document = createDocument(uri.toString(), 0, text);
    const findings = await examineText(document, kind, services, t);
    if (findings.length > 0 || examineAround === undefined) return findings;
    if (uri.scheme !== "file" || !vscode.workspace.isTrusted) return findings;
    const { root } = services(kind.schema).parseJSONDocument(document);
    const remarks = await examineAround(kind.schema, text, uri);
    return remarks.map((remark) => placeRemark({ document, root }, remark, t));
  };
}

function atStart(code: Finding["code"], message: string): Finding {
  const start = { line: 0, character: 0 };
  return { code, severity: "error", message, range: { start, end: { line: 0, character: 1 } } };
}
