/** The key files of a directory, as `outrider keys generate` writes them: `NAME.asc` and `NAME.secret.asc`. */
import { join } from "node:path";
import { isOutriderError } from "../../errors/index.ts";
import { nodeFileSystem, readWhole, type FileSystem } from "../../ports/index.ts";
import { describeKeys, type KeyDescription } from "../openpgp/index.ts";

/** A file, and what is in it or why that cannot be said. */
export interface KeyFile {
  readonly path: string;
  readonly keys: readonly KeyDescription[];
  readonly problem?: string;
}

const maxFileBytes = 1_048_576;

/**
 * Looks into every armored file of a directory but the revocation certificates.
 *
 * @param directory absolute path.
 * @throws Node's own error where the directory cannot be read.
 */
export async function listKeyFiles(
  directory: string,
  options: { readonly fileSystem?: FileSystem; readonly signal?: AbortSignal } = {},
): Promise<KeyFile[]> {
  const { fileSystem = nodeFileSystem, signal } = options;
  const names = await fileSystem.list(directory);
  const files: KeyFile[] = [];
  for (const name of names) {
    signal?.throwIfAborted();
    if (!name.endsWith(".asc") || name.endsWith(".revocation.asc")) continue;
    const path = join(directory, name);
    if ((await fileSystem.stat(path))?.kind === "file") files.push(await look(fileSystem, path));
  }
  return files;
}

async function look(fileSystem: FileSystem, path: string): Promise<KeyFile> {
  try {
    const bytes = await readWhole(fileSystem, path, maxFileBytes);
    return { path, keys: await describeKeys(Buffer.from(bytes).toString("utf8"), path) };
  } catch (error) {
    const problem = isOutriderError(error) ? error.message : `${path} cannot be read.`;
    return { path, keys: [], problem };
  }
}
