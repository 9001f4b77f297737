/** Row 1: types and validators generated from `schemas/`, and the strict reader of JSON. */
export { findProblems, readDocumentText, type Problem } from "./check.ts";
export { decodeText, locatePointer, parseJson, parseJsonText, positionAt } from "./json.ts";
export type * from "./generated/types.ts";
export type { ValidationError, Validator } from "./validator.ts";
export { validateAgentConfig } from "./generated/validators/agent.ts";
export { validateArchiveIndex } from "./generated/validators/archive.ts";
export { validateCatalog } from "./generated/validators/catalog.ts";
export { validateControl } from "./generated/validators/control.ts";
export { validateSignedEnvelope } from "./generated/validators/envelope.ts";
export { validateManifest } from "./generated/validators/manifest.ts";
export { validateNotification } from "./generated/validators/notification.ts";
export { validateSourceManifest } from "./generated/validators/outrider.ts";
export { validatePushFile } from "./generated/validators/push.ts";
export { validateReceipt } from "./generated/validators/receipt.ts";
export { validateServerConfig } from "./generated/validators/server.ts";
export { validateTrigger } from "./generated/validators/trigger.ts";
export { validateTrust } from "./generated/validators/trust.ts";
export { fileKinds, kindOfDocument, kindOfFileName, type FileKind } from "./kinds.ts";
