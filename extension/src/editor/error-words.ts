/**
 * What a person reads of an error. The SDK's says itself what happened; one that nobody has taken apart for translation
 * is told by its code where the editor speaks another language: the log has its own words.
 */
import { errorAdvice, isOutriderError, type OutriderError } from "@outrider/sdk/errors";
import * as vscode from "vscode";
import { saying, t } from "./l10n.ts";

/** In the person's language. */
export function errorWords(error: unknown): string {
  if (!isOutriderError(error)) return error instanceof Error ? error.message : String(error);
  if (error.sentence !== undefined) return saying(error.sentence);
  return vscode.l10n.bundle === undefined ? error.message : adviceOn(error);
}

function adviceOn({ code, subject, position }: OutriderError): string {
  const { meaning, remedy } = errorAdvice[code];
  const place = position === undefined ? "" : `:${position.line}:${position.column}`;
  const where = subject === undefined ? "" : ` ${subject}${place}`;
  return `${t(meaning)} ${t(remedy)} (${code}${where})`;
}
