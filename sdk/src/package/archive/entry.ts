/** An entry's stored bytes, held to its local header and CRC-32. Nothing is decoded here. */
import { crc32 } from "node:zlib";
import { wholeFileBytes } from "../limits.ts";
import type { ArchiveBytes } from "./bytes.ts";
import { checkCrc, checkLocalHeader, type LocatedEntry } from "./directory.ts";
import { localHeaderBytes } from "./layout.ts";

/** @throws PACKAGE_MALFORMED unless the local header is the only one that the entry can have */
export async function checkHeader(bytes: ArchiveBytes, entry: LocatedEntry): Promise<void> {
  checkLocalHeader(bytes, entry, await bytes.read(entry.offset, localHeaderBytes(entry.name)));
}

/** All of them, valid until the next read; for small entries. @throws PACKAGE_MALFORMED */
export async function readStored(bytes: ArchiveBytes, entry: LocatedEntry): Promise<Uint8Array> {
  const header = localHeaderBytes(entry.name);
  const whole = await bytes.read(entry.offset, header + entry.length);
  checkLocalHeader(bytes, entry, whole.subarray(0, header));
  const data = whole.subarray(header);
  checkCrc(bytes, entry, crc32(data));
  return data;
}

/** In chunks, each valid until the next is asked for; right only once they have ended. @throws PACKAGE_MALFORMED */
export async function* streamStored(
  bytes: ArchiveBytes,
  entry: LocatedEntry,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (entry.length <= wholeFileBytes) {
    yield await readStored(bytes, entry);
    return;
  }
  await checkHeader(bytes, entry);
  let crc = 0;
  const data = entry.offset + localHeaderBytes(entry.name);
  for await (const chunk of bytes.stream(data, entry.length)) {
    crc = crc32(chunk, crc);
    yield chunk;
  }
  checkCrc(bytes, entry, crc);
}
