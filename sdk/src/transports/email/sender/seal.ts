/**
 * Archives for agents that have an encryption key: who gets which letter, and the letter with its archive encrypted.
 */
import { sealedFileName, sealedMediaType } from "../wire.ts";
import { streamOf, unreadable, UnreadableContent } from "./content.ts";
import type { Letter } from "./letter.ts";

/**
 * The letter with its archive as an OpenPGP message to these certificates, under a name that says nothing. Held in
 * memory, like every signed mail: no more than one mail's worth.
 *
 * @throws KEY_REFUSED where one of the certificates has ended since it was registered, FILE_UNREADABLE
 */
export async function sealed(
  letter: Letter,
  certificates: readonly string[],
  now: Date,
): Promise<Letter> {
  const { archive } = letter;
  if (archive === undefined) return letter;
  // Loaded only where somebody has a key: OpenPGP.js is large.
  const { encryptTo } = await import("../../../signing/openpgp/index.ts");
  try {
    const bytes = await encryptTo(archive.open(), certificates, now);
    return {
      ...letter,
      archive: {
        mediaType: sealedMediaType,
        fileName: sealedFileName,
        open: () => streamOf(bytes),
      },
    };
  } catch (error) {
    if (!(error instanceof UnreadableContent)) throw error;
    throw unreadable(error);
  }
}
