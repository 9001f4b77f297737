/**
 * The head of an archive: manifest, signatures, index. Nothing here is believed: the manifest is sealed text until
 * `trust/` has verified it, and whatever is decoded by the index must end at the manifest's sizes and digests.
 */
import { say } from "../../errors/index.ts";
import {
  decodeText,
  readDocumentText,
  validateArchiveIndex,
  type ArchiveIndex,
} from "../../schema/index.ts";
import { headNames, maxIndexBytes, maxManifestBytes, maxSignatureBytes } from "../limits.ts";
import { malformed, type ArchiveBytes } from "./bytes.ts";
import { after, readEnd, readRecord, type Directory, type Position } from "./directory.ts";
import { readStored } from "./entry.ts";
import { splitArmor } from "./signatures.ts";

/** What an archive says of itself, unverified. */
export interface ArchiveHead {
  /** `manifest.json`: the exact signed text. */
  readonly manifestText: string;
  /** The same as bytes: what signatures are over. */
  readonly manifestBytes: Uint8Array;
  /** The armored blocks of `manifest.json.asc`; none before the package was signed. */
  readonly signatures: readonly string[];
  /** `archive.json`. */
  readonly index: ArchiveIndex;
  readonly directory: Directory;
  /** Where the files begin. */
  readonly files: Position;
}

const [manifestName, signaturesName, indexName] = headNames;
const headMode = 0o644;

/** Reads the head. @throws PACKAGE_MALFORMED, DOCUMENT_INVALID and the codes of parseJson */
export async function readHead(bytes: ArchiveBytes): Promise<ArchiveHead> {
  const directory = await readEnd(bytes);
  let at: Position = { entry: 0, record: directory.offset };
  const read = async (name: string, maxBytes: number): Promise<Uint8Array> => {
    const entry = await readRecord(bytes, { name, mode: headMode }, at);
    if (entry.length > maxBytes)
      throw malformed(
        bytes.path,
        say("{0} has {1} bytes; at most {2} are read", name, entry.length, maxBytes),
      );
    at = after(entry, at);
    return new Uint8Array(await readStored(bytes, entry));
  };
  const subject = (name: string): string => `${bytes.path}!/${name}`;
  const text = (content: Uint8Array, name: string): string => decodeText(content, subject(name));

  const manifestBytes = await read(manifestName, maxManifestBytes);
  const signatures = await read(signaturesName, maxSignatureBytes);
  const index = await read(indexName, maxIndexBytes);
  return {
    manifestText: text(manifestBytes, manifestName),
    manifestBytes,
    signatures: splitArmor(text(signatures, signaturesName), bytes.path),
    index: readDocumentText(text(index, indexName), validateArchiveIndex, subject(indexName)),
    directory,
    files: at,
  };
}
