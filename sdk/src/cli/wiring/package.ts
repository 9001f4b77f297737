/** Packages as the command line names them: the folder that `build` made, its manifest, or the archive alone. */
import { basename, dirname, join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { sealText, type SealedDocument } from "../../messages/index.ts";
import { openUnpinnedArchive, type OpenArchive } from "../../package/index.ts";
import { nodeFileSystem } from "../../ports/index.ts";
import { followPath } from "../files.ts";
import type { Terminal } from "../io.ts";
import { followProgress } from "../progress.ts";
import { readSignedFile } from "./signed-file.ts";

const manifestName = "manifest.json";

/** A package's folder and the manifest in it, of which nothing is believed yet. */
export interface PackageFolder {
  readonly directory: string;
  readonly manifestPath: string;
  readonly manifest: SealedDocument<"manifest/1">;
}

/** Reads the folder that `build` made, named by itself or by its manifest. @throws FILE_MISSING, JSON_ENCODING */
export async function readPackageFolder(
  terminal: Terminal,
  target: string,
): Promise<PackageFolder> {
  const path = await followPath(terminal, target);
  const directory = basename(path) === manifestName ? dirname(path) : path;
  const manifestPath = join(directory, manifestName);
  return {
    directory,
    manifestPath,
    manifest: await readSignedFile(terminal, manifestPath, "manifest/1"),
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
 * @throws FILE_MISSING, PACKAGE_MALFORMED
 */
export async function openPackage(terminal: Terminal, target: string): Promise<NamedPackage> {
  const named = await followPath(terminal, target);
  const folder = (await isFolder(named)) ? await readPackageFolder(terminal, target) : undefined;
  const path = folder === undefined ? named : await onlyArchive(folder.directory);
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

async function isFolder(path: string): Promise<boolean> {
  return basename(path) === manifestName || (await nodeFileSystem.stat(path))?.kind === "directory";
}

/** The manifest names its archive, but nobody has vouched for the manifest yet: the folder has only one. */
async function onlyArchive(directory: string): Promise<string> {
  const names = (await nodeFileSystem.list(directory)).filter((name) => name.endsWith(".outrider"));
  const [only] = names;
  if (only !== undefined && names.length === 1) return join(directory, only);
  throw new OutriderError(
    only === undefined ? "FILE_MISSING" : "PACKAGE_MALFORMED",
    only === undefined
      ? `${directory} has no archive (*.outrider). Build the package again.`
      : `${directory} has ${names.length} archives (*.outrider). Name one of them.`,
    { subject: directory },
  );
}
