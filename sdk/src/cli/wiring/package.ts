/** Packages as the command line names them: the folder that `build` made, its manifest, or the archive alone. */
import { basename, dirname, join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { sealText, type SealedDocument } from "../../messages/index.ts";
import { openUnpinnedArchive, type OpenArchive } from "../../package/index.ts";
import { nodeFileSystem } from "../../ports/index.ts";
import { decodeText, readDocumentText, validateManifest } from "../../schema/index.ts";
import { fileExists, readFileBytes, readFileText, resolvePath } from "../files.ts";
import type { Terminal } from "../io.ts";
import { followProgress } from "../progress.ts";

/** A package's folder and what is in it. */
export interface PackageFolder {
  readonly directory: string;
  readonly manifestPath: string;
  readonly archivePath: string;
  readonly manifest: SealedDocument<"manifest/1">;
}

/** Opens the folder that `build` made, named by itself or by its manifest. @throws FILE_MISSING, DOCUMENT_INVALID */
export async function openPackageFolder(
  terminal: Terminal,
  target: string,
): Promise<PackageFolder> {
  const path = resolvePath(terminal, target);
  const directory = basename(path) === "manifest.json" ? dirname(path) : path;
  const manifestPath = join(directory, "manifest.json");
  const text = decodeText(await readFileBytes(terminal, manifestPath), manifestPath);
  const { name, version } = readDocumentText(text, validateManifest, manifestPath);
  const signatures = (await fileExists(terminal, `${manifestPath}.asc`))
    ? [await readFileText(terminal, `${manifestPath}.asc`)]
    : [];
  return {
    directory,
    manifestPath,
    archivePath: join(directory, `${name}-${version}.outrider`),
    manifest: sealText("manifest/1", text, signatures),
  };
}

/** A package as it is judged: what its manifest says, and the archive that must hold it. */
export interface NamedPackage {
  readonly manifest: SealedDocument<"manifest/1">;
  readonly archive: OpenArchive;
}

/**
 * Opens a package for verifying, publishing or inspecting: an archive, or a folder with its archive. In a folder the
 * manifest and the signatures lie twice; they must be the same.
 *
 * @throws FILE_MISSING, PACKAGE_MALFORMED, PACKAGE_MISMATCH
 */
export async function openPackage(terminal: Terminal, target: string): Promise<NamedPackage> {
  const facts = await nodeFileSystem.stat(resolvePath(terminal, target));
  if (facts === undefined)
    throw new OutriderError("FILE_MISSING", `${target} does not exist.`, { subject: target });
  const folder =
    facts.kind === "directory" || basename(target) === "manifest.json"
      ? await openPackageFolder(terminal, target)
      : undefined;
  const path = folder?.archivePath ?? resolvePath(terminal, target);
  const progress = followProgress(terminal, `reading ${basename(path)}`);
  const archive = await openUnpinnedArchive(path, {
    signal: terminal.signal,
    onProgress: progress.update,
  }).finally(progress.stop);
  return {
    archive,
    manifest:
      folder?.manifest ??
      sealText("manifest/1", archive.head.manifestText, archive.head.signatures),
  };
}
