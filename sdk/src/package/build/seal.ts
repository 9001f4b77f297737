/**
 * `outrider sign`: puts the signatures beside the manifest and into the head of its archive, so that the archive
 * stays one self-contained file. Files are copied as they are stored, each held to its CRC-32, never decoded.
 */
import { dirname, join } from "node:path";
import { nodeFileSystem, readWhole, syncedWrite, type FileSystem } from "../../ports/index.ts";
import {
  decodeText,
  readDocumentText,
  validateManifest,
  type Manifest,
} from "../../schema/index.ts";
import { streamStored } from "../archive/entry.ts";
import { matchArchive } from "../archive/match.ts";
import { openUnpinnedArchive } from "../archive/open.ts";
import { splitArmor } from "../archive/signatures.ts";
import { fileError } from "../file-error.ts";
import { maxManifestBytes } from "../limits.ts";
import { headEntries, writeArchive, type WrittenArchive } from "./write-archive.ts";

/** What to seal. */
export interface SealOptions {
  /** The package's folder, as `buildPackage` made it. */
  readonly directory: string;
  /** The whole text of `manifest.json.asc`: armored signatures over `manifest.json`. */
  readonly signatures: string;
  /** Default: the machine's own. */
  readonly fileSystem?: FileSystem | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes written so far. */
  readonly onProgress?: ((bytes: number, total: number) => void) | undefined;
}

/** The sealed archive. */
export interface SealedPackage extends WrittenArchive {
  readonly archivePath: string;
}

/**
 * Writes `manifest.json.asc` and the archive anew, each replaced atomically; the archive first.
 *
 * @throws PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_LIMIT, FILE_MISSING, FILE_UNREADABLE, SPACE, CANCELLED
 */
export async function sealPackage(options: SealOptions): Promise<SealedPackage> {
  const { directory, fileSystem = nodeFileSystem, signatures } = options;
  const signaturesPath = join(directory, "manifest.json.asc");
  splitArmor(signatures, signaturesPath);
  let temporary: string | undefined;
  try {
    const manifestBytes = await readWhole(
      fileSystem,
      join(directory, "manifest.json"),
      maxManifestBytes,
    );
    const document = readDocumentText(
      decodeText(manifestBytes, "manifest.json"),
      validateManifest,
      "manifest.json",
    );
    const archivePath = join(directory, `${document.name}-${document.version}.outrider`);
    temporary = `${archivePath}.partial`;
    await fileSystem.remove(temporary); // what a killed run left
    const written = await writeSealed(
      archivePath,
      temporary,
      { document, bytes: manifestBytes },
      options,
      fileSystem,
    );
    await fileSystem.setMode(temporary, 0o644);
    await fileSystem.rename(temporary, archivePath);
    await fileSystem.syncDirectory(dirname(archivePath));
    await syncedWrite(fileSystem, signaturesPath, Buffer.from(signatures));
    await fileSystem.setMode(signaturesPath, 0o644);
    return { archivePath, ...written };
  } catch (error) {
    if (temporary !== undefined) await fileSystem.remove(temporary).catch(() => undefined);
    throw fileError(error, directory, "Sealing");
  }
}

async function writeSealed(
  archivePath: string,
  temporary: string,
  manifest: { readonly document: Manifest; readonly bytes: Uint8Array },
  { signatures, signal, onProgress }: SealOptions,
  fileSystem: FileSystem,
): Promise<WrittenArchive> {
  const archive = await openUnpinnedArchive(archivePath, {
    fileSystem,
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const entries = await matchArchive(archive, manifest);
    const files = entries.map(({ stored }) => ({
      ...stored,
      content: () => streamStored(archive.bytes, stored),
    }));
    return await writeArchive(
      temporary,
      [...headEntries(manifest.bytes, signatures, archive.head.index), ...files],
      {
        fileSystem,
        signal,
        onProgress,
      },
    );
  } finally {
    await archive.close();
  }
}
