/**
 * Room on the disk: asked for before the first byte is fetched, for the archive and for what it unpacks to, and again
 * before each of them is written. A machine whose disk is too full waits; it never fills it.
 */
import { OutriderError } from "../../errors/index.ts";
import { chooseVariant, filesOf } from "../../package/index.ts";
import type { MachineFacts } from "../../package/index.ts";
import type { FileSystem } from "../../ports/index.ts";
import type { Manifest } from "../../schema/index.ts";

/** Beside the files themselves: directories, journals, the blocks' rounding. */
const spareBytes = 8 * 1024 * 1024;

/** The disk, and how much of it the policy keeps free. */
export interface Disk {
  readonly fileSystem: FileSystem;
  readonly keepFreeBytes?: number | undefined;
}

/** @throws SPACE where the folder's disk has not so much, and what the policy keeps free */
export async function requireRoom(
  wanted: { readonly what: string; readonly bytes: number; readonly folder: string },
  { fileSystem, keepFreeBytes = 0 }: Disk,
): Promise<void> {
  const { what, bytes, folder } = wanted;
  const free = await fileSystem.freeBytes(folder);
  if (free - keepFreeBytes >= bytes) return;
  const kept = keepFreeBytes === 0 ? "" : `, ${megabytes(keepFreeBytes)} MB of them to be kept`;
  throw new OutriderError(
    "SPACE",
    `${what} needs ${megabytes(bytes)} MB at ${folder}; ${megabytes(free)} MB are free${kept}. Make room there: then it goes on by itself.`,
    { subject: what },
  );
}

/** In words that stay the same while a log file grows. */
function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** What a release takes once it is unpacked. */
export function unpackedBytes(manifest: Manifest, variant: string | undefined): number {
  return filesOf(manifest, variant).reduce((sum, { size }) => sum + size, spareBytes);
}

/** The same before anything is verified; 0 where no variant is for this machine, which is told in its own step. */
export function expectedBytes(manifest: Manifest | undefined, facts: MachineFacts): number {
  if (manifest === undefined) return 0;
  try {
    return unpackedBytes(manifest, chooseVariant(manifest, facts).variant);
  } catch {
    return 0;
  }
}
