/**
 * The package's contents as the trigger is bound to them: SHA-512 over every file's bytes in manifest order.
 * It is a secret (DESIGN 4, binding): whoever knows it can bind triggers. Source: patent step 64.
 */
import { createHash } from "node:crypto";
import { decodeStream, decodeWhole, isSmall } from "./archive/decode.ts";
import { matchArchive } from "./archive/match.ts";
import type { OpenArchive } from "./archive/open.ts";
import { baseFor, type BaseRelease } from "./base/release.ts";
import { checkCancelled } from "./cancel.ts";
import { fileError } from "./file-error.ts";
import type { SignedManifest } from "./manifest.ts";
import type { ByteSink } from "./zstd.ts";

/** What reading all contents takes. */
export interface ContentsOptions {
  /** The release that a patch archive builds on. */
  readonly base?: BaseRelease | undefined;
  readonly signal?: AbortSignal;
  /** Called with the bytes read so far. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/**
 * Reads and checks every file of every variant, in manifest order.
 *
 * @throws PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_PATH, PACKAGE_ENCODING, PACKAGE_BASE, CANCELLED
 */
export async function readContents(
  archive: OpenArchive,
  manifest: SignedManifest,
  sink: ByteSink,
  { base, signal, onProgress }: ContentsOptions = {},
): Promise<void> {
  try {
    const total = manifest.document.files.reduce((sum, { size }) => sum + size, 0);
    let done = 0;
    const take = async (chunk: Uint8Array): Promise<void> => {
      await sink(chunk);
      onProgress?.((done += chunk.length), total);
    };
    const entries = await matchArchive(archive, manifest);
    const decode = { base: baseFor(archive, base), signal };
    for (const entry of entries) {
      checkCancelled(signal, archive.path);
      if (isSmall(entry)) await take(await decodeWhole(archive.bytes, entry, decode));
      else await decodeStream(archive.bytes, entry, take, decode);
    }
  } catch (error) {
    throw fileError(error, archive.path, "Reading");
  }
}

/** Checks every file of every variant; writes nothing. @throws as {@link readContents} */
export async function checkContents(
  archive: OpenArchive,
  manifest: SignedManifest,
  options: ContentsOptions = {},
): Promise<void> {
  await readContents(archive, manifest, () => undefined, options);
}

/**
 * SHA-512("outrider contents 1\n" ‖ every file's bytes in manifest order), checking each file on the way.
 *
 * @returns 64 bytes; store them as a secret.
 * @throws as {@link readContents}
 */
export async function contentsSha512(
  archive: OpenArchive,
  manifest: SignedManifest,
  options: ContentsOptions = {},
): Promise<Uint8Array> {
  const digest = createHash("sha512").update("outrider contents 1\n");
  await readContents(archive, manifest, (chunk) => void digest.update(chunk), options);
  return digest.digest();
}
