/** Signed documents as files: `X.json` with `X.json.asc` beside it, which plain `gpg --verify` reads, or one envelope. */
import {
  openEnvelope,
  recognize,
  sealText,
  type DocumentType,
  type SealedDocument,
} from "../messages/index.ts";
import { decodeText } from "../schema/index.ts";
import type { Desk } from "./desk.ts";
import { fileExists, readFileBytes, readFileText } from "./files.ts";

/**
 * Reads a signed document; that it is signed at all is for its verifier to demand.
 *
 * @throws FILE_MISSING, JSON_ENCODING and the codes of openEnvelope
 */
export async function readSignedFile<T extends DocumentType>(
  desk: Desk,
  path: string,
  type: T,
): Promise<SealedDocument<T>> {
  const bytes = await readFileBytes(desk, path);
  const envelope = recognize(bytes, type);
  if (envelope !== undefined) return openEnvelope(envelope, path);
  const signature = `${path}.asc`;
  const signatures = (await fileExists(desk, signature))
    ? [await readFileText(desk, signature)]
    : [];
  return sealText(type, decodeText(bytes, path), signatures);
}
