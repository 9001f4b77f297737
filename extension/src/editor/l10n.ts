/**
 * Says everything in the person's language (l10n/bundle.l10n.LANGUAGE.json).
 *
 * The bundler also puts this in the place of `@vscode/l10n`, so that the language service's sentences go the same way.
 */
import type { Sentence } from "@outrider/sdk/errors";
import * as vscode from "vscode";
import { said, type Translate } from "../documents/finding.ts";

/** The sentence in the person's language. */
export const t: Translate = (sentence, ...values) => vscode.l10n.t(sentence, ...values);

/** One of the SDK's sentences. */
export const saying = (sentence: Sentence): string => said(sentence, t);
