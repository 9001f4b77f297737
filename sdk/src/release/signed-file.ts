/**
 * Signed documents as files: `X.json` with `X.json.asc` beside it, which plain `gpg --verify` reads, or one envelope.
 */
import { openSigned, type DocumentType, type SealedDocument } from "../messages/index.ts";
import type { Desk } from "./desk.ts";
import { fileExists, readFileBytes, readFileText } from "./files.ts";

/**
 * Reads a signed document; that it is signed at all is for its verifier to demand.
 *
 * @throws FILE_MISSING, JSON_ENCODING and the codes of openSigned
 */
export async function readSignedFile<T extends DocumentType>(
  desk: Desk,
  path: string,
  type: T,
): Promise<SealedDocument<T>> {
  const bytes = await readFileBytes(desk, path);
  const signature = `${path}.asc`;
  const signatures = (await fileExists(desk, signature))
    ? await readFileText(desk, signature)
    : undefined;
  return openSigned(type, bytes, signatures, path);
}
