/**
 * Every byte of an archive that is not a file: one package has exactly one layout, so a reader can work out what must
 * be there and compare, instead of believing what is there. It is what jszip writes when it streams stored entries
 * (docs/adr/0003): sizes and CRC-32 behind the data, date 1980-01-01, Unix modes, no directories, no comment.
 *
 * Source: PKWARE APPNOTE 4.3.7 (local header), 4.3.9 (data descriptor), 4.3.12 (central header), 4.3.16 (end),
 * 4.6.9 (Unicode path).
 */
import { crc32 } from "node:zlib";

/** What the layout says of an entry. */
export interface EntryFacts {
  readonly name: string;
  /** Permission bits. */
  readonly mode: number;
  /** Stored bytes. */
  readonly length: number;
  /** CRC-32 of the stored bytes. */
  readonly crc: number;
}

/** Bytes of the end record; the last of every archive. */
export const endBytes = 22;

/** Bytes behind each entry's data. */
export const descriptorBytes = 16;

/** The moment of every entry, 1980-01-01 00:00: when a file was made is no part of a package. */
export const entryDate: Date = new Date(Date.UTC(1980, 0, 1));

const versionNeeded = 10;
const madeByUnix = 0x031e;
const sizesBehindData = 0x0008;
const nameIsUtf8 = 0x0800;
const stored = 0;
const dosTime = 0;
const dosDate = 0x0021;
const regularFile = 0o100000;
const encoder = new TextEncoder();

/** The local header: what stands before an entry's data. */
export function localHeader(name: string): Uint8Array {
  const { bytes, extra, flags } = nameOf(name);
  const header = new Fields(30 + bytes.length + extra.length)
    .u32(0x04034b50)
    .u16(versionNeeded, flags, stored, dosTime, dosDate)
    .u32(0, 0, 0)
    .u16(bytes.length, extra.length);
  return header.raw(bytes).raw(extra).bytes;
}

/** The data descriptor: what stands behind an entry's data. */
export function descriptor({ crc, length }: Pick<EntryFacts, "crc" | "length">): Uint8Array {
  return new Fields(descriptorBytes).u32(0x08074b50, crc, length, length).bytes;
}

/** The entry's record in the central directory; `offset` is where its local header begins. */
export function centralRecord(entry: EntryFacts, offset: number): Uint8Array {
  const { bytes, extra, flags } = nameOf(entry.name);
  const record = new Fields(46 + bytes.length + extra.length)
    .u32(0x02014b50)
    .u16(madeByUnix, versionNeeded, flags, stored, dosTime, dosDate)
    .u32(entry.crc, entry.length, entry.length)
    .u16(bytes.length, extra.length, 0, 0, 0)
    .u32((regularFile | entry.mode) * 0x10000, offset);
  return record.raw(bytes).raw(extra).bytes;
}

/** The end record. */
export function endRecord(
  entries: number,
  directoryBytes: number,
  directoryOffset: number,
): Uint8Array {
  return new Fields(endBytes)
    .u32(0x06054b50)
    .u16(0, 0, entries, entries)
    .u32(directoryBytes, directoryOffset)
    .u16(0).bytes;
}

/** Name, and for one that is not plain ASCII the flag and the extra field by which every unzip reads it as UTF-8. */
function nameOf(name: string): { bytes: Uint8Array; extra: Uint8Array; flags: number } {
  const bytes = encoder.encode(name);
  if (bytes.length === name.length)
    return { bytes, extra: new Uint8Array(0), flags: sizesBehindData };
  const extra = new Fields(9 + bytes.length)
    .u16(0x7075, 5 + bytes.length)
    .u8(1)
    .u32(crc32(bytes))
    .raw(bytes).bytes;
  return { bytes, extra, flags: sizesBehindData | nameIsUtf8 };
}

/** Little-endian fields, one after the other. */
class Fields {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(value: number): this {
    this.#view.setUint8(this.#at++, value);
    return this;
  }

  u16(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint16(this.#at, value, true);
      this.#at += 2;
    }
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) {
      this.#view.setUint32(this.#at, value, true);
      this.#at += 4;
    }
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }
}
