/**
 * How a path is spelled on the disk, where a manifest spells it in other letter case or another Unicode form.
 * One machine finds the file all the same, the next does not.
 */
import { join } from "node:path";
import { pathKey } from "../../package/index.ts";
import type { FileSystem } from "../../ports/index.ts";

const magic = /[*?[\]{}()!+@\\]/;

/**
 * The path as the disk spells it.
 *
 * @param path relative, with forward slashes; from its first part that is a pattern on it is taken as it is.
 * @returns `undefined` where the disk has it as written, or not in any spelling.
 */
export async function spelledOnDisk(
  root: string,
  path: string,
  fileSystem: FileSystem,
): Promise<string | undefined> {
  const parts = path.split("/");
  const found: string[] = [];
  for (const [at, part] of parts.entries()) {
    if (magic.test(part)) return different([...found, ...parts.slice(at)], path);
    if (part === "" || part === "." || part === "..") {
      found.push(part);
      continue;
    }
    const names = await namesIn(join(root, ...found), fileSystem);
    if (names.includes(part)) found.push(part);
    else {
      const twins = names.filter((name) => pathKey(name) === pathKey(part));
      // Two twins: nobody can say which was meant.
      if (twins.length !== 1 || twins[0] === undefined) return undefined;
      found.push(twins[0]);
    }
  }
  return different(found, path);
}

function different(parts: readonly string[], path: string): string | undefined {
  const spelled = parts.join("/");
  return spelled === path ? undefined : spelled;
}

async function namesIn(folder: string, fileSystem: FileSystem): Promise<readonly string[]> {
  try {
    return await fileSystem.list(folder);
  } catch {
    return []; // no folder, or not ours to read: the builder's own finding says so
  }
}
