/** Which files are meant: an archive, or the folder that `outrider build` made, with the archives of one release. */
import { join } from "node:path";
import { OutriderError } from "../errors/index.ts";
import { archivesAmong } from "../package/index.ts";
import type { FileSystem } from "../ports/index.ts";

/**
 * @returns paths; of a folder the full archive first, then its patches.
 * @throws FILE_MISSING, PACKAGE_MALFORMED if the folder has no archive, or several that are not of one release
 */
export async function findArchives(path: string, fileSystem: FileSystem): Promise<string[]> {
  const facts = await fileSystem.stat(path);
  if (facts === undefined)
    throw new OutriderError("FILE_MISSING", `${path} does not exist.`, { subject: path });
  if (facts.kind !== "directory") return [path];
  const found = archivesAmong(await fileSystem.list(path));
  if (found === undefined)
    throw new OutriderError(
      "PACKAGE_MALFORMED",
      `${path} does not hold the archives (*.outrider) of one release. Name the one to publish, or build the package first.`,
      { subject: path },
    );
  return [found.full, ...found.patches].map((name) => join(path, name));
}
