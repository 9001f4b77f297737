/**
 * `outrider sign`: puts the signatures beside the manifest and into the head of its archives, full and patches, so that
 * each stays one self-contained file. Files are copied as they are stored, each held to its CRC-32, never decoded.
 */
import { dirname, join } from "node:path";
import { nodeFileSystem, readWhole, syncedWrite, type FileSystem } from "../../ports/index.ts";
import { decodeText, readDocumentText, validateManifest } from "../../schema/index.ts";
import { streamStored } from "../archive/entry.ts";
import { matchArchive } from "../archive/match.ts";
import { openUnpinnedArchive } from "../archive/open.ts";
import { splitArmor } from "../archive/signatures.ts";
import { fileError } from "../file-error.ts";
import { archivesAmong } from "../folder.ts";
import { maxManifestBytes } from "../limits.ts";
import type { SignedManifest } from "../manifest.ts";
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

/** A sealed patch archive. */
export interface SealedPatch extends WrittenArchive {
  readonly path: string;
  /** SHA-256 of the manifest that must be installed. */
  readonly base: string;
}

/** The sealed full archive, and the patches beside it. */
export interface SealedPackage extends WrittenArchive {
  readonly archivePath: string;
  readonly patches: readonly SealedPatch[];
}

/**
 * Writes `manifest.json.asc` and every archive of the folder anew, each replaced atomically; the archives first.
 *
 * @throws PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_LIMIT, FILE_MISSING, FILE_UNREADABLE, SPACE, CANCELLED
 */
export async function sealPackage(options: SealOptions): Promise<SealedPackage> {
  const { directory, fileSystem = nodeFileSystem, signatures } = options;
  const signaturesPath = join(directory, "manifest.json.asc");
  splitArmor(signatures, signaturesPath);
  try {
    const bytes = await readWhole(fileSystem, join(directory, "manifest.json"), maxManifestBytes);
    const text = decodeText(bytes, "manifest.json");
    const document = readDocumentText(text, validateManifest, "manifest.json");
    const full = `${document.name}-${document.version}.outrider`;
    const { patches = [] } = archivesAmong(await fileSystem.list(directory)) ?? {};
    const seal = (path: string): Promise<SealedArchive> =>
      sealArchive(path, { document, bytes }, { ...options, fileSystem });
    const archivePath = join(directory, full);
    const { sha256, size } = await seal(archivePath);
    const sealed: SealedPatch[] = [];
    for (const file of patches) {
      const path = join(directory, file);
      const { base = "", ...written } = await seal(path);
      sealed.push({ path, base, ...written });
    }
    await syncedWrite(fileSystem, signaturesPath, Buffer.from(signatures));
    await fileSystem.setMode(signaturesPath, 0o644);
    return { archivePath, sha256, size, patches: sealed };
  } catch (error) {
    throw fileError(error, directory, "Sealing");
  }
}

type SealedArchive = WrittenArchive & { readonly base?: string };

async function sealArchive(
  path: string,
  manifest: SignedManifest,
  options: SealOptions & { readonly fileSystem: FileSystem },
): Promise<SealedArchive> {
  const { fileSystem } = options;
  const temporary = `${path}.partial`;
  try {
    await fileSystem.remove(temporary); // what a killed run left
    const sealed = await writeSealed(path, temporary, manifest, options);
    await fileSystem.setMode(temporary, 0o644);
    await fileSystem.rename(temporary, path);
    await fileSystem.syncDirectory(dirname(path));
    return sealed;
  } catch (error) {
    await fileSystem.remove(temporary).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}

async function writeSealed(
  path: string,
  temporary: string,
  manifest: SignedManifest,
  { fileSystem, signatures, signal, onProgress }: SealOptions & { readonly fileSystem: FileSystem },
): Promise<SealedArchive> {
  const archive = await openUnpinnedArchive(path, {
    fileSystem,
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const { index } = archive.head;
    const files = (await matchArchive(archive, manifest)).flatMap(({ stored }) =>
      stored === undefined
        ? []
        : [{ ...stored, content: () => streamStored(archive.bytes, stored) }],
    );
    const entries = [...headEntries(manifest.bytes, signatures, index), ...files];
    const written = await writeArchive(temporary, entries, { fileSystem, signal, onProgress });
    return { ...written, ...(index.base === undefined ? {} : { base: index.base }) };
  } finally {
    await archive.close();
  }
}
