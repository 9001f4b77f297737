/** What the extension knows about documents, without an editor: tests run it in plain Node. */
export { examineText } from "./examine.ts";
export type { Finding, TextRange, Translate } from "./finding.ts";
export { kindOfText, languageIds } from "./kinds.ts";
export { createJsonServices, createDocument, type JsonServices } from "./service.ts";
