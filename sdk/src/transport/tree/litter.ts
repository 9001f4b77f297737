/**
 * Temporary names on a share. Each is its own, for several write there; so whoever is killed leaves one that nobody
 * will use again. It is removed, after a day, by the next one that writes into its folder.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { FileSystem } from "../../ports/index.ts";

const ours = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;
const forgottenMs = 24 * 3_600_000;

/** A name beside the file's. */
export function temporaryName(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

/** Is it such a name? */
export function isTemporary(name: string): boolean {
  return ours.test(name);
}

/** Removes what was forgotten; of the folders that were swept before it does nothing. */
export function sweeper(fileSystem: FileSystem): (folder: string) => Promise<void> {
  const swept = new Set<string>();
  return async (folder) => {
    if (swept.has(folder)) return;
    for (const name of await fileSystem.list(folder)) {
      if (!isTemporary(name)) continue;
      const facts = await fileSystem.stat(join(folder, name));
      if (facts?.kind === "file" && facts.modifiedAtMs < Date.now() - forgottenMs)
        await fileSystem.remove(join(folder, name)).catch(() => undefined); // another's, that only its owner removes
    }
    swept.add(folder);
  };
}
