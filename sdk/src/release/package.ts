/** Packages as the command line names them: the folder that `build` made, its manifest, or the archive alone. */
import { basename, dirname, join } from "node:path";
import { OutriderError, say } from "../errors/index.ts";
import { sealText, type SealedDocument } from "../messages/index.ts";
import { archivesAmong, openUnpinnedArchive, type OpenArchive } from "../package/index.ts";
import { nodeFileSystem } from "../ports/index.ts";
import type { Desk } from "./desk.ts";
import { followPath } from "./files.ts";
import { readSignedFile } from "./signed-file.ts";

const manifestName = "manifest.json";

/** A package's folder and the manifest in it, of which nothing is believed yet. */
export interface PackageFolder {
  readonly directory: string;
  readonly manifestPath: string;
  readonly manifest: SealedDocument<"manifest/1">;
}

/** Reads the folder that `build` made, named by itself or by its manifest. @throws FILE_MISSING, JSON_ENCODING */
export async function readPackageFolder(desk: Desk, target: string): Promise<PackageFolder> {
  const path = await followPath(desk, target);
  const directory = directoryOf(path);
  const manifestPath = join(directory, manifestName);
  return {
    directory,
    manifestPath,
    manifest: await readSignedFile(desk, manifestPath, "manifest/1"),
  };
}

/** A package as it is judged: what its manifest says, and the archive that must hold it. */
export interface NamedPackage {
  readonly manifest: SealedDocument<"manifest/1">;
  /** The full one of a folder. */
  readonly archive: OpenArchive;
  /** Patch archives in the same folder; none where an archive was named. */
  readonly patches: readonly string[];
}

/**
 * Opens a package for verifying, publishing or inspecting: an archive, or a folder with its archive. In a folder the
 * manifest and the signatures lie twice; they must be the same.
 *
 * @throws FILE_MISSING, PACKAGE_MALFORMED
 */
export async function openPackage(desk: Desk, target: string): Promise<NamedPackage> {
  const named = await followPath(desk, target);
  const folder = (await isFolder(named)) ? await readPackageFolder(desk, target) : undefined;
  const [path = named, ...patches] =
    folder === undefined ? [named] : await archivesIn(folder.directory);
  const archive = await openNamedArchive(desk, path);
  return {
    archive,
    patches,
    manifest:
      folder?.manifest ??
      sealText("manifest/1", archive.head.manifestText, archive.head.signatures),
  };
}

/** Opens one archive, showing how far its digest is. @throws FILE_MISSING, PACKAGE_MALFORMED */
export async function openNamedArchive(desk: Desk, path: string): Promise<OpenArchive> {
  const progress = desk.follow(say("reading {0}", basename(path)));
  return openUnpinnedArchive(path, {
    signal: desk.signal,
    onProgress: progress.update,
  }).finally(progress.stop);
}

/**
 * Where the full archive of a package lies, for patches that are made from it.
 * @throws FILE_MISSING, PACKAGE_MALFORMED
 */
export async function fullArchiveOf(desk: Desk, target: string): Promise<string> {
  const named = await followPath(desk, target);
  if (!(await isFolder(named))) return named;
  const [full = named] = await archivesIn(directoryOf(named));
  return full;
}

function directoryOf(path: string): string {
  return basename(path) === manifestName ? dirname(path) : path;
}

async function isFolder(path: string): Promise<boolean> {
  return basename(path) === manifestName || (await nodeFileSystem.stat(path))?.kind === "directory";
}

/** The full archive, then its patches: by their names alone, for nobody has vouched for the manifest yet. */
async function archivesIn(directory: string): Promise<string[]> {
  const found = archivesAmong(await nodeFileSystem.list(directory));
  if (found === undefined)
    throw new OutriderError(
      "PACKAGE_MALFORMED",
      say(
        "{0} does not hold the archives (*.outrider) of one release. Name one of them, or build the package again.",
        directory,
      ),
      { subject: directory },
    );
  return [found.full, ...found.patches].map((name) => join(directory, name));
}
