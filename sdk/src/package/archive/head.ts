/**
 * The head of an archive: the end record, the first three records of the central directory, and the three entries they
 * name. Nothing here is believed: the manifest is sealed text until `trust/` has verified it.
 */
import { crc32 } from "node:zlib";
import {
  decodeText,
  readDocumentText,
  validateArchiveIndex,
  type ArchiveIndex,
} from "../../schema/index.ts";
import {
  headNames,
  maxFiles,
  maxIndexBytes,
  maxManifestBytes,
  maxSignatureBytes,
  maxSignatures,
} from "../limits.ts";
import { malformed, type ArchiveBytes } from "./bytes.ts";
import {
  centralRecord,
  descriptor,
  descriptorBytes,
  endBytes,
  endRecord,
  localHeader,
  type EntryFacts,
} from "./layout.ts";

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
  /** Where the central directory is. */
  readonly directory: Directory;
}

/** Where the central directory is, and how far the head reaches into archive and directory. */
export interface Directory {
  readonly entries: number;
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** Offset behind the head's entries: the first file's local header. */
  readonly firstFile: number;
  /** Offset of the first file's record. */
  readonly firstRecord: number;
}

const limits = [maxManifestBytes, maxSignatureBytes, maxIndexBytes] as const;
const headMode = 0o644;

/** Reads the head. @throws PACKAGE_MALFORMED and the codes of parseJson for `archive.json` */
export async function readHead(bytes: ArchiveBytes): Promise<ArchiveHead> {
  const { entries, offset, size } = await readEnd(bytes);
  let at = 0;
  let record = offset;
  const contents: Uint8Array[] = [];
  for (const [place, name] of headNames.entries()) {
    const entry = await readRecord(bytes, { name, mode: headMode }, record, at);
    if (entry.length > (limits[place] ?? 0))
      throw malformed(bytes.path, `${name} has ${entry.length} bytes`);
    contents.push(await readWholeEntry(bytes, entry, at));
    record += centralRecord(entry, at).length;
    at += localHeader(name).length + entry.length + descriptorBytes;
  }
  const [manifestBytes, signatures, index] = contents as [Uint8Array, Uint8Array, Uint8Array];
  return {
    manifestText: decodeText(manifestBytes, `${bytes.path}!/manifest.json`),
    manifestBytes,
    signatures: splitArmor(decodeText(signatures, `${bytes.path}!/manifest.json.asc`), bytes.path),
    index: readDocumentText(
      decodeText(index, `${bytes.path}!/archive.json`),
      validateArchiveIndex,
      `${bytes.path}!/archive.json`,
    ),
    directory: { entries, offset, size, firstFile: at, firstRecord: record },
  };
}

/** The end record must be the last bytes and account for every byte before it: no comment, nothing behind, no ZIP64. */
async function readEnd(
  bytes: ArchiveBytes,
): Promise<{ entries: number; offset: number; size: number }> {
  const position = bytes.size - endBytes;
  if (position < 0) throw malformed(bytes.path, "it is too short");
  const end = await bytes.read(position, endBytes);
  const view = viewOf(end);
  const [entries, size, offset] = [
    view.getUint16(10, true),
    view.getUint32(12, true),
    view.getUint32(16, true),
  ];
  if (!equal(end, endRecord(entries, size, offset)))
    throw malformed(
      bytes.path,
      "its last 22 bytes are not the end of a ZIP archive without a comment",
    );
  if (offset + size !== position)
    throw malformed(bytes.path, "there are bytes before, behind or between its parts");
  if (entries <= headNames.length || entries > maxFiles + headNames.length)
    throw malformed(bytes.path, `it has ${entries} entries`);
  return { entries, offset, size };
}

/**
 * Reads one record of the central directory, which must be the one that this entry at this offset has.
 * Only CRC-32 and, where it is not known, the length are taken from it.
 */
export async function readRecord(
  bytes: ArchiveBytes,
  entry: { readonly name: string; readonly mode: number; readonly length?: number },
  position: number,
  offset: number,
): Promise<EntryFacts> {
  const expectedBytes = centralRecord({ ...entry, length: 0, crc: 0 }, offset).length;
  const record = await bytes.read(position, expectedBytes);
  const view = viewOf(record);
  const facts = {
    name: entry.name,
    mode: entry.mode,
    crc: view.getUint32(16, true),
    length: entry.length ?? view.getUint32(20, true),
  };
  if (!equal(record, centralRecord(facts, offset)))
    throw malformed(
      bytes.path,
      `its directory does not describe ${JSON.stringify(entry.name)} where it must be`,
    );
  return facts;
}

/** Reads a small entry: header, data and descriptor must be the only ones it can have. */
export async function readWholeEntry(
  bytes: ArchiveBytes,
  entry: EntryFacts,
  offset: number,
): Promise<Uint8Array> {
  const header = localHeader(entry.name);
  const whole = await bytes.read(offset, header.length + entry.length + descriptorBytes);
  const data = whole.subarray(header.length, header.length + entry.length);
  checkHeader(bytes, entry, whole.subarray(0, header.length));
  checkDescriptor(bytes, entry, whole.subarray(header.length + entry.length));
  checkCrc(bytes, entry, crc32(data));
  return data;
}

/** @throws PACKAGE_MALFORMED unless these are the entry's local header */
export function checkHeader(bytes: ArchiveBytes, { name }: EntryFacts, header: Uint8Array): void {
  if (!equal(header, localHeader(name)))
    throw malformed(
      bytes.path,
      `the header before the data of ${JSON.stringify(name)} is not the one it must have`,
    );
}

/** @throws PACKAGE_MALFORMED unless these are the entry's data descriptor */
export function checkDescriptor(bytes: ArchiveBytes, entry: EntryFacts, found: Uint8Array): void {
  if (!equal(found, descriptor(entry)))
    throw malformed(
      bytes.path,
      `what stands behind the data of ${JSON.stringify(entry.name)} is not its length and CRC-32`,
    );
}

/** @throws PACKAGE_MALFORMED unless the data has the CRC-32 that header and directory say */
export function checkCrc(bytes: ArchiveBytes, { name, crc }: EntryFacts, found: number): void {
  if (found !== crc)
    throw malformed(
      bytes.path,
      `the data of ${JSON.stringify(name)} has another CRC-32 than its directory says`,
    );
}

const armorBegin = "-----BEGIN PGP SIGNATURE-----";
const armorEnd = "-----END PGP SIGNATURE-----";

/** The blocks of an .asc file; anything else in it is refused. Linear, whatever the text. */
export function splitArmor(text: string, subject: string): string[] {
  const blocks: string[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const end = rest.indexOf(armorEnd);
    if (!rest.startsWith(armorBegin) || end < 0)
      throw malformed(subject, "manifest.json.asc holds something else than signatures");
    blocks.push(`${rest.slice(0, end + armorEnd.length)}\n`);
    if (blocks.length > maxSignatures)
      throw malformed(subject, `manifest.json.asc holds more than ${maxSignatures} signatures`);
    rest = rest.slice(end + armorEnd.length).trimStart();
  }
  return blocks;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
