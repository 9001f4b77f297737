/**
 * Base files as dictionaries of zstd, in the form in which `zstd --patch-from` has them: the plain bytes. Node's zlib
 * takes dictionaries since 22.19 and silently ignores them before, so it is tried out.
 */
import { randomBytes } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import { OutriderError } from "../../errors/index.ts";
import { maxPatchFileBytes } from "../limits.ts";
import { baseError, type BaseRelease } from "./release.ts";

let probed: boolean | undefined;

/** Does this runtime's zstd use dictionaries? Tried once. */
export function zstdHasDictionaries(): boolean {
  if (probed === undefined) {
    const noise = randomBytes(1024);
    probed = zstdCompressSync(noise, { dictionary: noise }).length < noise.length / 2;
  }
  return probed;
}

/** The first bytes of a trained dictionary (RFC 8878 5): zstd would not take such a file as plain bytes. */
const trainedMagic = Buffer.from([0x37, 0xa4, 0x30, 0xec]);

/** Can a file that begins with these bytes be a dictionary of plain bytes? */
export function isPlainDictionary(start: Uint8Array): boolean {
  return Buffer.compare(start.subarray(0, trainedMagic.length), trainedMagic) !== 0;
}

/** A base file in memory. */
export interface Dictionary {
  readonly bytes: Uint8Array;
  /** Gives the memory back at once, not when the collector comes by. zlib has a copy of its own. */
  free(): void;
}

/**
 * Reads a base file whole and held to its digest. Free it as soon as the engine is made, so that the base is in memory
 * once and not twice while the engine works.
 *
 * @param subject the archive, for messages.
 * @throws PACKAGE_BASE, PACKAGE_ENCODING, CANCELLED
 */
export async function readDictionary(
  base: BaseRelease,
  sha256: string,
  subject: string,
  signal?: AbortSignal,
): Promise<Dictionary> {
  const size = base.sizeOf(sha256);
  if (size === undefined)
    throw baseError(subject, `it needs the file ${sha256}, which its base release does not have`);
  if (size > maxPatchFileBytes)
    throw new OutriderError(
      "PACKAGE_ENCODING",
      `${subject} patches a file of ${size} bytes; at most ${maxPatchFileBytes} are held in memory. Take the full package.`,
      { subject },
    );
  const bytes = new Uint8Array(size);
  let at = 0;
  await base.read(
    sha256,
    (chunk) => {
      bytes.set(chunk, at);
      at += chunk.length;
    },
    signal,
  );
  return { bytes, free: () => void bytes.buffer.transfer(0) };
}
