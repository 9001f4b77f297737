/** Which file is meant: an archive, or the folder that `outrider build` made, with one archive in it. */
import { join } from "node:path";
import { OutriderError } from "../errors/index.ts";
import type { FileSystem } from "../ports/index.ts";

/** @throws FILE_MISSING, PACKAGE_MALFORMED if the folder has no archive, or several */
export async function findArchive(path: string, fileSystem: FileSystem): Promise<string> {
  const facts = await fileSystem.stat(path);
  if (facts === undefined)
    throw new OutriderError("FILE_MISSING", `${path} does not exist.`, { subject: path });
  if (facts.kind !== "directory") return path;
  const archives = (await fileSystem.list(path)).filter((name) => name.endsWith(".outrider"));
  const [only] = archives;
  if (only === undefined || archives.length > 1)
    throw new OutriderError(
      "PACKAGE_MALFORMED",
      `${path} has ${archives.length} archives (*.outrider). Name the one to publish, or build the package first.`,
      { subject: path },
    );
  return join(path, only);
}
