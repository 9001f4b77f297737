/** Walks a folder through the FileSystem port. */
import { join } from "node:path";
import type { FileSystem } from "../../../ports/index.ts";

/** What is in a folder, relative, with forward slashes; parents before children. */
export interface Tree {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** Lists a folder to its leaves; nothing there is an empty tree. Links are not followed and not listed. */
export async function readTree(fileSystem: FileSystem, root: string): Promise<Tree> {
  const files: string[] = [];
  const folders: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const name of await fileSystem.list(join(root, folder))) {
      const path = folder === "" ? name : `${folder}/${name}`;
      const facts = await fileSystem.stat(join(root, path));
      if (facts?.kind === "file") files.push(path);
      if (facts?.kind !== "directory") continue;
      folders.push(path);
      await visit(path);
    }
  };
  if ((await fileSystem.stat(root))?.kind === "directory") await visit("");
  return { files, folders };
}

/** The folders above these files, parents first. */
export function foldersOf(files: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of files)
    for (let end = path.indexOf("/"); end > 0; end = path.indexOf("/", end + 1))
      folders.add(path.slice(0, end));
  return [...folders].toSorted();
}
