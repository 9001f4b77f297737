/** The trust document that a command goes by. */
import { isOutriderError, OutriderError, say, sentenceOf } from "../errors/index.ts";
import { readSealedDocument, type SealedDocument } from "../messages/index.ts";
import { systemClock } from "../ports/index.ts";
import { TrustSet } from "../trust/index.ts";
import type { Desk } from "./desk.ts";
import { fileExists } from "./files.ts";
import { readSignedFile } from "./signed-file.ts";

/** Where a trust document is looked for unless `--trust` names one. */
export const defaultTrustFile = "trust.json";

/** Opens it, at this moment. @throws TRUST_MISSING, and the codes of TrustSet.open */
export async function openTrust(desk: Desk, path: string): Promise<TrustSet> {
  return holdTrust(await readTrust(desk, path), path);
}

/** Reads it; whether it holds is not asked. @throws TRUST_MISSING, JSON_*, DOCUMENT_* */
export async function readTrust(desk: Desk, path: string): Promise<SealedDocument<"trust/1">> {
  if (!(await fileExists(desk, path)))
    throw new OutriderError(
      "TRUST_MISSING",
      say("{0} is not there: name the trust document, or make it with outrider trust init.", path),
      { subject: path },
    );
  const sealed = await readSignedFile(desk, path, "trust/1");
  readSealedDocument(sealed, path);
  return sealed;
}

/** Holds it to its own roles and signatures. @throws the codes of TrustSet.open, under the file's name */
export function holdTrust(sealed: SealedDocument<"trust/1">, path: string): TrustSet {
  try {
    return TrustSet.open(sealed, { now: systemClock.now() });
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    const { code, pointer } = error;
    throw new OutriderError(
      code,
      code === "SIGNATURE_MISSING"
        ? // Copied to another machine, the second file is what people forget.
          say(
            "The trust document {0} does not hold: {1} They lie in {0}.asc: bring it along.",
            path,
            sentenceOf(error),
          )
        : say("The trust document {0} does not hold: {1}", path, sentenceOf(error)),
      {
        subject: path,
        cause: error,
        ...(pointer === undefined ? {} : { pointer }),
      },
    );
  }
}
