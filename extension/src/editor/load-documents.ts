/** Loads the documents' part (schemas, validators, language service) when the first of our documents needs it. */
import type { JsonServices } from "../documents/index.ts";
import { t } from "./l10n.ts";

/** The part, with the language services made. */
export type Documents = typeof import("../documents/index.ts") & { readonly services: JsonServices };

let documents: Promise<Documents> | undefined;

/** The part; loaded once. */
export function loadDocuments(): Promise<Documents> {
  documents ??= import("../documents/index.ts").then((part) => ({
    ...part,
    services: part.createJsonServices(t),
  }));
  return documents;
}
