/**
 * Strategy `directory`: every release in its own folder, `INSTALL/<package>/versions/<version>-<digest8>/`, and the
 * symbolic link `current` (on Windows a junction) that is replaced by one rename. Readers see the old release or the
 * new one, never a mixture; going back is the same rename.
 */
import { dirname, join } from "node:path";
import type { FileSystem } from "../../ports/index.ts";
import type { Deployer, Placement } from "../deployer.ts";

/** @param fileSystem the file system with the install directory. */
export function directoryStrategy(fileSystem: FileSystem): Deployer {
  return {
    directoryOf,
    async plan(placement) {
      const link = current(placement);
      return (await fileSystem.stat(link))?.kind === "link" ? fileSystem.readLink(link) : "";
    },
    async stage(placement) {
      const target = directoryOf(placement);
      if ((await fileSystem.stat(placement.stagingDirectory)) === undefined) return; // moved before the kill
      await fileSystem.makeDirectory(dirname(target));
      await fileSystem.syncDirectory(placement.packageDirectory);
      await fileSystem.remove(target);
      await fileSystem.rename(placement.stagingDirectory, target);
      await fileSystem.syncDirectory(dirname(target));
      await fileSystem.syncDirectory(dirname(placement.stagingDirectory));
    },
    activate: (placement) => pointTo(fileSystem, current(placement), linkTarget(placement)),
    async restore(placement, undo) {
      const link = current(placement);
      const now =
        (await fileSystem.stat(link))?.kind === "link" ? await fileSystem.readLink(link) : "";
      if (now === linkTarget(placement) && undo !== now) {
        if (undo === "") {
          await fileSystem.remove(link);
          await fileSystem.syncDirectory(dirname(link));
        } else await pointTo(fileSystem, link, undo);
      }
      if (undo !== linkTarget(placement)) await fileSystem.remove(directoryOf(placement));
      await fileSystem.remove(placement.stagingDirectory);
    },
    async finish(placement, undo) {
      const versions = dirname(directoryOf(placement));
      const keep = new Set(
        [linkTarget(placement), undo].map((target) => target.split(/[\\/]/).at(-1)),
      );
      for (const name of await fileSystem.list(versions))
        if (!keep.has(name)) await fileSystem.remove(join(versions, name));
    },
  };
}

function current({ packageDirectory }: Placement): string {
  return join(packageDirectory, "current");
}

function directoryOf(placement: Placement): string {
  return join(placement.packageDirectory, folderOf(placement));
}

function folderOf({ version, digest }: Placement): string {
  return join("versions", `${version}-${digest.slice(0, 8)}`);
}

/** Relative, so that the whole tree may be moved; junctions must be absolute. */
function linkTarget(placement: Placement): string {
  return process.platform === "win32"
    ? join(placement.packageDirectory, folderOf(placement))
    : folderOf(placement);
}

async function pointTo(fileSystem: FileSystem, link: string, target: string): Promise<void> {
  const next = `${link}.next`;
  await fileSystem.remove(next); // left by a kill
  await fileSystem.link(target, next);
  if (process.platform === "win32") await fileSystem.remove(link); // rename does not replace a junction
  await fileSystem.rename(next, link);
  await fileSystem.syncDirectory(dirname(link));
}
