/**
 * The signed document on the wire: `{"outrider":"trigger/1","document":"<exact text>","signatures":[…]}`.
 *
 * Recognizing looks at the first bytes only and never fails: what is not ours is `undefined` (steps 63 and 83).
 * Opening reads the envelope; the document inside stays sealed text until somebody has verified its exact bytes.
 */
import { OutriderError, say } from "../errors/index.ts";
import { decodeText, readDocumentText, validateSignedEnvelope } from "../schema/index.ts";
import type { Envelope } from "../schema/index.ts";

/** The type of a signed document and the version of its form. */
export type DocumentType = Envelope["outrider"];

/** Largest document of each type, bytes of the envelope (DESIGN 5). */
export const maxEnvelopeBytes: Readonly<Record<DocumentType, number>> = {
  "trust/1": 512_000,
  "manifest/1": 32 * 1024 * 1024,
  "trigger/1": 64 * 1024,
  "notification/1": 1024 * 1024,
  "catalog/1": 1024 * 1024,
  "control/1": 64 * 1024,
  "receipt/1": 64 * 1024,
};

declare const recognized: unique symbol;

/** Bytes that begin like an envelope of this type; nothing else is known of them. */
export interface Recognized<T extends DocumentType> {
  readonly [recognized]: true;
  readonly type: T;
  readonly bytes: Uint8Array;
}

/** An opened envelope. `text` must not be parsed before its signatures were verified. */
export interface SealedDocument<T extends DocumentType = DocumentType> {
  readonly type: T;
  /** The exact signed text. */
  readonly text: string;
  /** The same as UTF-8: what signatures are over. */
  readonly bytes: Uint8Array;
  /** ASCII-armored detached signatures; at most 16. */
  readonly signatures: readonly string[];
}

const encoder = new TextEncoder();

function head(type: DocumentType): string {
  return `{"outrider":"${type}",`;
}

/** Is this an envelope of this type? Looks at the first bytes only. Fig. 3, step 62; Fig. 4, step 82. */
export function recognize<T extends DocumentType>(
  bytes: Uint8Array,
  type: T,
): Recognized<T> | undefined {
  const expected = head(type);
  if (bytes.length < expected.length) return undefined;
  for (let at = 0; at < expected.length; at++)
    if (bytes[at] !== expected.charCodeAt(at)) return undefined;
  return { type, bytes } as unknown as Recognized<T>;
}

/**
 * Reads the envelope, not yet the document.
 *
 * @throws DOCUMENT_TOO_LARGE, DOCUMENT_INVALID, SIGNATURE_MISSING, SIGNATURE_TOO_MANY and the codes of parseJson
 */
export function openEnvelope<T extends DocumentType>(
  message: Recognized<T>,
  subject: string = message.type,
): SealedDocument<T> {
  const limit = maxEnvelopeBytes[message.type];
  if (message.bytes.length > limit)
    throw new OutriderError(
      "DOCUMENT_TOO_LARGE",
      say(
        "{0} has {1} bytes; a {2} may have {3}.",
        subject,
        message.bytes.length,
        message.type,
        limit,
      ),
      { subject },
    );
  const envelope = readDocumentText(
    decodeText(message.bytes, subject),
    validateSignedEnvelope,
    subject,
  );
  return sealEnvelope(envelope, message.type, subject);
}

/**
 * Opens a signed document as it lies on a disk: `X.json` with the text of `X.json.asc` beside it, or one envelope.
 *
 * That it is signed at all is for its verifier to demand.
 *
 * @param signatures what `X.json.asc` holds; not looked at for an envelope, which has its own
 * @throws JSON_ENCODING, and for an envelope the codes of openEnvelope
 */
export function openSigned<T extends DocumentType>(
  type: T,
  bytes: Uint8Array,
  signatures?: string,
  subject: string = type,
): SealedDocument<T> {
  const envelope = recognize(bytes, type);
  if (envelope !== undefined) return openEnvelope(envelope, subject);
  return sealText(type, decodeText(bytes, subject), signatures === undefined ? [] : [signatures]);
}

/** As {@link openEnvelope}, for an envelope that was inside another document. */
export function sealEnvelope<T extends DocumentType>(
  envelope: Envelope,
  type: T,
  subject: string = type,
): SealedDocument<T> {
  if (envelope.outrider !== type)
    throw new OutriderError(
      "DOCUMENT_TYPE",
      say("{0} is a {1}, not a {2}.", subject, envelope.outrider, type),
      { subject },
    );
  return sealText(type, envelope.document, envelope.signatures);
}

/** Puts text and signatures together. */
export function sealText<T extends DocumentType>(
  type: T,
  text: string,
  signatures: readonly string[],
): SealedDocument<T> {
  return { type, text, bytes: encoder.encode(text), signatures };
}

/** The envelope as an object, to be embedded in another document. */
export function toEnvelope(sealed: SealedDocument): Envelope {
  return { outrider: sealed.type, document: sealed.text, signatures: [...sealed.signatures] };
}

/** The envelope as bytes for the wire. */
export function encodeEnvelope(sealed: SealedDocument): Uint8Array {
  const { outrider, document, signatures } = toEnvelope(sealed);
  return encoder.encode(JSON.stringify({ outrider, document, signatures }));
}
