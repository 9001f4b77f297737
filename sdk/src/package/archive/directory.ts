/**
 * The end record and the central directory. What is read is compared, byte for byte, with the only record that this
 * entry can have at this place: a second name, a link, an encrypted, compressed or overlapping entry has none.
 */
import { say } from "../../errors/index.ts";
import { headNames, maxFiles } from "../limits.ts";
import { malformed, type ArchiveBytes } from "./bytes.ts";
import {
  centralRecord,
  centralRecordBytes,
  endBytes,
  endRecord,
  localHeader,
  localHeaderBytes,
  type EntryFacts,
} from "./layout.ts";

/** Where the central directory is. */
export interface Directory {
  readonly entries: number;
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** How far entries and records have been accounted for. */
export interface Position {
  /** Offset of the next local header. */
  readonly entry: number;
  /** Offset of the next record. */
  readonly record: number;
}

/** An entry and where it is. */
export interface LocatedEntry extends EntryFacts {
  /** Offset of its local header. */
  readonly offset: number;
}

/** An entry before its record was read: the CRC-32 is always taken from there, the length where nobody knows it. */
export interface ExpectedEntry {
  readonly name: string;
  readonly mode: number;
  readonly length?: number;
}

/** The end record must be the last bytes and account for every byte before it: no comment, nothing behind, no ZIP64. */
export async function readEnd(bytes: ArchiveBytes): Promise<Directory> {
  const position = bytes.size - endBytes;
  if (position < 0) throw malformed(bytes.path, say("it is too short"));
  const end = await bytes.read(position, endBytes);
  const view = viewOf(end);
  const entries = view.getUint16(10, true);
  const size = view.getUint32(12, true);
  const offset = view.getUint32(16, true);
  if (!same(end, endRecord(entries, size, offset)))
    throw malformed(
      bytes.path,
      say("its last 22 bytes do not end a ZIP archive without a comment"),
    );
  if (offset + size !== position)
    throw malformed(bytes.path, say("there are bytes before, between or behind its parts"));
  if (entries < headNames.length || entries > headNames.length + maxFiles)
    throw malformed(bytes.path, say("it has {0} entries", entries));
  return { entries, offset, size };
}

/** Reads the record at the position. @throws PACKAGE_MALFORMED unless it is this entry's */
export async function readRecord(
  bytes: ArchiveBytes,
  expected: ExpectedEntry,
  at: Position,
): Promise<LocatedEntry> {
  const record = await bytes.read(at.record, centralRecordBytes(expected.name));
  const view = viewOf(record);
  const entry = {
    name: expected.name,
    mode: expected.mode,
    crc: view.getUint32(16, true),
    length: expected.length ?? view.getUint32(20, true),
    offset: at.entry,
  };
  if (!same(record, centralRecord(entry, at.entry)))
    throw malformed(
      bytes.path,
      say(
        "its directory does not have {0}, stored and of the right length and mode, where it must be",
        JSON.stringify(expected.name),
      ),
    );
  return entry;
}

/** The position behind an entry. */
export function after({ name, length }: EntryFacts, at: Position): Position {
  return {
    entry: at.entry + localHeaderBytes(name) + length,
    record: at.record + centralRecordBytes(name),
  };
}

/** @throws PACKAGE_MALFORMED unless every byte of the archive has been accounted for */
export function checkEnd(bytes: ArchiveBytes, directory: Directory, at: Position): void {
  if (at.entry !== directory.offset)
    throw malformed(bytes.path, say("its entries do not end where its directory begins"));
  if (at.record !== directory.offset + directory.size)
    throw malformed(bytes.path, say("its directory holds more than its entries"));
}

/** @throws PACKAGE_MALFORMED unless these are the entry's local header */
export function checkLocalHeader(bytes: ArchiveBytes, entry: EntryFacts, found: Uint8Array): void {
  if (!same(found, localHeader(entry)))
    throw malformed(
      bytes.path,
      say(
        "what stands before the data of {0} is not what its directory says",
        JSON.stringify(entry.name),
      ),
    );
}

/** @throws PACKAGE_MALFORMED unless the data has the CRC-32 of header and directory */
export function checkCrc(bytes: ArchiveBytes, { name, crc }: EntryFacts, found: number): void {
  if (found !== crc)
    throw malformed(
      bytes.path,
      say("the data of {0} has another CRC-32 than its directory says", JSON.stringify(name)),
    );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
