/** What the extension knows about documents, without an editor: tests run it in plain Node. */
export { decodeText } from "@outrider/sdk/schema";
export { examineText } from "./examine.ts";
export type { Finding, TextRange, Translate } from "./finding.ts";
export { fileNames, fileNamesOf, kindOfText, languageIdOfFile } from "./kinds.ts";
export { placeRemark, type ParsedText } from "./place-remark.ts";
export { findNames, isGroupName, type NameKind, type PlacedName } from "./names.ts";
export { findPaths, findWrittenPaths, isPathMember } from "./paths.ts";
export { editorSchema } from "./schemas.ts";
export { nodeAt, pointerOf, rangeOf } from "./tree.ts";
export { createDocument, createJsonServices, type JsonServices } from "./service.ts";
