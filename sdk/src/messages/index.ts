/** Row 2: the documents on the wire. */
export { readSealedDocument, writeDocument, type Documents } from "./documents.ts";
export {
  encodeEnvelope,
  maxEnvelopeBytes,
  openEnvelope,
  openSigned,
  recognize,
  sealEnvelope,
  sealText,
  toEnvelope,
  type DocumentType,
  type Recognized,
  type SealedDocument,
} from "./envelope.ts";
