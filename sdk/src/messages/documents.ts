/** From verified text to a typed document: the type inside must repeat the envelope's (THREATS S8). */
import { OutriderError, say } from "../errors/index.ts";
import {
  readDocumentText,
  validateCatalog,
  validateControl,
  validateManifest,
  validateNotification,
  validateReceipt,
  validateTrigger,
  validateTrust,
  type Catalog,
  type Control,
  type Manifest,
  type Notification,
  type Receipt,
  type Trigger,
  type Trust,
  type Validator,
} from "../schema/index.ts";
import type { DocumentType, SealedDocument } from "./envelope.ts";

/** The document that each type's text holds. */
export interface Documents {
  readonly "trust/1": Trust;
  readonly "manifest/1": Manifest;
  readonly "trigger/1": Trigger;
  readonly "notification/1": Notification;
  readonly "catalog/1": Catalog;
  readonly "control/1": Control;
  readonly "receipt/1": Receipt;
}

const validators: { readonly [T in DocumentType]: Validator<Documents[T]> } = {
  "trust/1": validateTrust,
  "manifest/1": validateManifest,
  "trigger/1": validateTrigger,
  "notification/1": validateNotification,
  "catalog/1": validateCatalog,
  "control/1": validateControl,
  "receipt/1": validateReceipt,
};

/**
 * Parses the text of a document. Only `trust/` and tests call it: everybody else gets documents that were verified.
 *
 * @throws DOCUMENT_TYPE, DOCUMENT_INVALID and the codes of parseJson
 */
export function readSealedDocument<T extends DocumentType>(
  sealed: SealedDocument<T>,
  subject: string = sealed.type,
): Documents[T] {
  const inside = /^\s*\{\s*"type"\s*:\s*"([a-z]+\/[0-9]+)"/.exec(sealed.text.slice(0, 200))?.[1];
  if (inside !== undefined && inside !== sealed.type)
    throw new OutriderError(
      "DOCUMENT_TYPE",
      say("{0} says {1} inside an envelope of {2}.", subject, inside, sealed.type),
      { subject },
    );
  return readDocumentText<Documents[T]>(sealed.text, validators[sealed.type], subject);
}

/** The text of a new document: `type` first, the rest as given, no white space. */
export function writeDocument(document: Documents[DocumentType]): string {
  return JSON.stringify(document);
}
