/** Changes packages as an attacker would: the ZIP stays whole, only its signed contents are others. */
import { readFile, writeFile } from "node:fs/promises";
import { crc32 } from "node:zlib";

/**
 * Replaces the whole content of one stored entry by another of the same length, and its CRC-32 wherever it stands.
 *
 * @returns puts the file back.
 */
export async function tamperEntry(
  archive: string,
  before: string,
  after: string,
): Promise<() => Promise<void>> {
  const whole = await readFile(archive);
  const changed = Buffer.from(whole);
  replaceAll(changed, Buffer.from(before), Buffer.from(after));
  replaceAll(changed, checksum(before), checksum(after));
  await writeFile(archive, changed);
  return () => writeFile(archive, whole);
}

function replaceAll(bytes: Buffer, before: Buffer, after: Buffer): void {
  if (before.length !== after.length) throw new Error("only contents of one length are exchanged");
  let at = bytes.indexOf(before);
  if (at < 0) throw new Error("the archive does not hold it");
  for (; at >= 0; at = bytes.indexOf(before, at + 1)) after.copy(bytes, at);
}

function checksum(content: string): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc32(content));
  return bytes;
}
