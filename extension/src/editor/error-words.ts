/**
 * What a person reads of an error. The SDK's says itself what happened; one that nobody has taken apart for translation
 * is told by its code where the editor speaks another language: the log has its own words.
 */
import { isOutriderError, type OutriderError } from "@outrider/sdk/errors";
import type { ErrorAdvice, errorAdvice } from "@outrider/sdk/errors/advice";
import * as vscode from "vscode";
import { saying, t } from "./l10n.ts";

let advice: typeof errorAdvice | undefined;

/** Loads what errors are told by where the editor does not speak English. */
export async function loadErrorWords(): Promise<void> {
  if (vscode.l10n.bundle !== undefined)
    ({ errorAdvice: advice } = await import("@outrider/sdk/errors/advice"));
}

/** In the person's language. */
export function errorWords(error: unknown): string {
  if (!isOutriderError(error)) return error instanceof Error ? error.message : String(error);
  if (error.sentence !== undefined) return saying(error.sentence);
  return advice === undefined ? error.message : advised(error, advice[error.code]);
}

function advised(
  { code, subject, position }: OutriderError,
  { meaning, remedy }: ErrorAdvice,
): string {
  const place = position === undefined ? "" : `:${position.line}:${position.column}`;
  const where = subject === undefined ? "" : ` ${subject}${place}`;
  return `${t(meaning)} ${t(remedy)} (${code}${where})`;
}
