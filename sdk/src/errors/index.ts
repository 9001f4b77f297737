/** Row 0: the root error and the table of codes. */
export { isOutriderError, OutriderError, sentenceOf, type ErrorDetails } from "./error.ts";
export { inEnglish, say, type Sentence, type SentenceValue, type Tell } from "./sentence.ts";
export { errorTable, type ErrorCode, type ErrorDefinition } from "./table.ts";
