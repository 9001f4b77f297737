/** Archives that nobody should open: any ZIP that can be written, field by field, around a true manifest. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import type { SignedManifest } from "../../src/package/index.ts";
import type { Manifest } from "../../src/schema/index.ts";

/** One entry. What is not given is as it should be. */
export interface HostileEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** Name in the local header, if another. */
  readonly localName?: string;
  /** Unix mode with file type. */
  readonly mode?: number;
  readonly method?: 0 | 8;
  readonly flags?: number;
  /** Declared sizes, if others. */
  readonly size?: number;
  readonly storedSize?: number;
  readonly crc?: number;
  /** Where the directory says that the entry begins, if elsewhere. */
  readonly offset?: number;
  /** Bytes between the entry before and this one. */
  readonly gap?: Uint8Array;
  readonly extra?: Uint8Array;
  /** Not in the central directory. */
  readonly unlisted?: true;
}

/** The rest of the file. */
export interface HostileOptions {
  readonly before?: Uint8Array;
  readonly comment?: Uint8Array;
  /** Entries that the end record claims, if another number. */
  readonly count?: number;
  readonly after?: Uint8Array;
}

/** Writes a ZIP (APPNOTE 4.3) with whatever fields were asked for. */
export function hostileZip(entries: readonly HostileEntry[], options: HostileOptions = {}): Buffer {
  const parts: Buffer[] = [Buffer.from(options.before ?? [])];
  const records: Buffer[] = [];
  let at = parts[0]?.length ?? 0;
  const push = (bytes: Uint8Array): void => {
    parts.push(Buffer.from(bytes));
    at += bytes.length;
  };
  for (const entry of entries) {
    push(entry.gap ?? new Uint8Array(0));
    const offset = at;
    const data = entry.method === 8 ? deflateRawSync(entry.data) : entry.data;
    const common = fieldsOf(entry, data);
    const name = Buffer.from(entry.localName ?? entry.name);
    const extra = entry.extra ?? new Uint8Array(0);
    push(u32(0x04034b50));
    push(Buffer.concat([u16(10), common, u16(name.length), u16(extra.length), name, extra]));
    push(data);
    if (entry.unlisted !== true) records.push(recordOf(entry, common, entry.offset ?? offset));
  }
  const directory = Buffer.concat(records);
  const comment = options.comment ?? new Uint8Array(0);
  const count = options.count ?? records.length;
  const end = [
    u32(0x06054b50),
    u16(0),
    u16(0),
    u16(count),
    u16(count),
    u32(directory.length),
    u32(at),
    u16(comment.length),
    comment,
  ];
  return Buffer.concat([...parts, directory, ...end, options.after ?? new Uint8Array(0)]);
}

function fieldsOf(entry: HostileEntry, data: Uint8Array): Buffer {
  const utf8 = Buffer.byteLength(entry.name) === entry.name.length ? 0 : 0x0800;
  return Buffer.concat([
    u16(entry.flags ?? utf8),
    u16(entry.method ?? 0),
    u16(0),
    u16(0x21),
    u32(entry.crc ?? crc32(entry.data)),
    u32(entry.storedSize ?? data.length),
    u32(entry.size ?? entry.data.length),
  ]);
}

function recordOf(entry: HostileEntry, common: Buffer, offset: number): Buffer {
  const name = Buffer.from(entry.name);
  const mode = entry.mode ?? 0o100644;
  const attributes = u32((mode * 0x10000) >>> 0);
  return Buffer.concat([
    u32(0x02014b50),
    u16(0x031e),
    u16(10),
    common,
    u16(name.length),
    u16(0),
    u16(0),
    u16(0),
    u16(0),
    attributes,
    u32(offset),
    name,
  ]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** A manifest of these files, and the entries of the archive that truly carries it. */
export interface TrueArchive {
  readonly manifest: SignedManifest;
  readonly entries: readonly HostileEntry[];
}

/** Makes both. Names are taken as they are: a stolen release key may sign anything. */
export function trueArchive(
  files: Readonly<Record<string, string>>,
  change: Partial<Manifest> = {},
): TrueArchive {
  const contents = Object.entries(files).map(([path, text]) => ({ path, data: Buffer.from(text) }));
  const document: Manifest = {
    type: "manifest/1",
    name: "demo",
    version: "1.0.0",
    releasedAt: "2026-11-22T12:00:00Z",
    kind: "data",
    files: contents.map(({ path, data }) => ({
      path,
      size: data.length,
      mode: "644",
      sha256: sha256(data),
    })),
    install: { strategy: "directory" },
    ...change,
  };
  const bytes = Buffer.from(JSON.stringify(document));
  const index = {
    type: "archive/1",
    entries: contents.map(({ path, data }) => ({
      path,
      encoding: "identity",
      length: data.length,
    })),
  };
  return {
    manifest: { document, bytes },
    entries: [
      { name: "manifest.json", data: bytes },
      { name: "manifest.json.asc", data: new Uint8Array(0) },
      { name: "archive.json", data: Buffer.from(`${JSON.stringify(index)}\n`) },
      ...contents.map(({ path, data }) => ({ name: path, data })),
    ],
  };
}

/** Puts the archive into a folder, as a server that signs its digest would. */
export async function placeArchive(
  folder: string,
  bytes: Uint8Array,
): Promise<{ path: string; sha256: string; size: number }> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, "hostile.outrider");
  await writeFile(path, bytes);
  return { path, sha256: sha256(bytes), size: bytes.length };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
