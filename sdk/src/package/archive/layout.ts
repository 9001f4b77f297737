/**
 * Every byte of an archive that is not a file: one package has exactly one layout, so a reader works out what must be
 * there and compares, instead of believing what is there. Entries are stored and follow one another without a gap,
 * lengths and CRC-32 stand before the data; date 1980-01-01, Unix modes, no folders, no comment, no ZIP64.
 *
 * Source: PKWARE APPNOTE 4.3.7 (local header), 4.3.12 (central header), 4.3.16 (end record), 4.4.4 (bit 11: UTF-8).
 */

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

const localBytes = 30;
const centralBytes = 46;
const versionNeeded = 10;
const madeByUnix = 0x031e;
const nameIsUtf8 = 0x0800;
const stored = 0;
const dosTime = 0;
const dosDate = 0x0021;
const regularFile = 0o100000;

/** Bytes of the local header. */
export function localHeaderBytes(name: string): number {
  return localBytes + Buffer.byteLength(name);
}

/** Bytes of the record in the central directory. */
export function centralRecordBytes(name: string): number {
  return centralBytes + Buffer.byteLength(name);
}

/** The local header: what stands before an entry's data. */
export function localHeader({ name, length, crc }: EntryFacts): Uint8Array {
  return new Fields(localHeaderBytes(name))
    .u32(0x04034b50)
    .u16(versionNeeded, flagsOf(name), stored, dosTime, dosDate)
    .u32(crc, length, length)
    .u16(Buffer.byteLength(name), 0)
    .text(name).bytes;
}

/** The entry's record in the central directory; `offset` is where its local header begins. */
export function centralRecord({ name, mode, length, crc }: EntryFacts, offset: number): Uint8Array {
  return new Fields(centralRecordBytes(name))
    .u32(0x02014b50)
    .u16(madeByUnix, versionNeeded, flagsOf(name), stored, dosTime, dosDate)
    .u32(crc, length, length)
    .u16(Buffer.byteLength(name), 0, 0, 0, 0)
    .u32((regularFile | mode) * 0x10000, offset)
    .text(name).bytes;
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

function flagsOf(name: string): number {
  return Buffer.byteLength(name) === name.length ? 0 : nameIsUtf8;
}

/** Little-endian fields, one after the other. */
class Fields {
  readonly bytes: Buffer;
  #at = 0;

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafe(length); // every byte is written below
  }

  u16(...values: readonly number[]): this {
    for (const value of values) this.#at = this.bytes.writeUInt16LE(value, this.#at);
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) this.#at = this.bytes.writeUInt32LE(value, this.#at);
    return this;
  }

  text(value: string): this {
    this.#at += this.bytes.write(value, this.#at, "utf8");
    return this;
  }
}
