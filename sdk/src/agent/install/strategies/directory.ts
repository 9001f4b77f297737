/**
 * Strategy `directory`: every release in its own folder, `INSTALL/<package>/versions/<version>-<digest8>/`, and the
 * symbolic link `current` that is replaced by one rename. Readers see the old release or the new one, never a mixture;
 * going back is the same rename. On Windows it is a junction, and replacing it takes two steps: readers may see none
 * for a moment, and whoever is killed in it finds it gone when he goes on or back.
 */
import { dirname, join } from "node:path";
import { OutriderError } from "../../../errors/index.ts";
import { isHeld, type FileSystem } from "../../../ports/index.ts";
import type { Deployer, Placement } from "../deployer.ts";

const folderMode = 0o755;

/** @param fileSystem the file system with the install directory. */
export function directoryStrategy(fileSystem: FileSystem): Deployer {
  return {
    directoryOf,
    keepsBefore: true,
    async stage(placement) {
      const before = await readCurrent(fileSystem, placement);
      const target = directoryOf(placement);
      const versions = dirname(target);
      if (before === folderOf(placement)) return before; // it runs already: its folder must not be touched
      await fileSystem.makeDirectory(versions, folderMode);
      await fileSystem.syncDirectory(placement.packageDirectory);
      await fileSystem.remove(target);
      await fileSystem.setMode(placement.stagingDirectory, folderMode);
      await fileSystem.syncDirectory(placement.stagingDirectory);
      await fileSystem.rename(placement.stagingDirectory, target);
      await fileSystem.syncDirectory(versions);
      await fileSystem.syncDirectory(dirname(placement.stagingDirectory));
      return before;
    },
    async activate(placement) {
      await pointTo(fileSystem, currentOf(placement), folderOf(placement));
      return "done";
    },
    async restore(placement, undo) {
      const link = currentOf(placement);
      const target = folderOf(placement);
      if (undo === target) return; // the same release again
      const now = await readCurrent(fileSystem, placement);
      // Gone: this, or switching, was cut off between the two steps of replacing it.
      if (undo !== undefined && (now === target || (now === "" && undo !== ""))) {
        if (undo === "") {
          await fileSystem.remove(link);
          await fileSystem.syncDirectory(dirname(link));
        } else await pointTo(fileSystem, link, undo);
      }
      if ((await readCurrent(fileSystem, placement)) !== target)
        await removeUnlessHeld(fileSystem, directoryOf(placement));
    },
    async finish(placement, undo) {
      const versions = dirname(directoryOf(placement));
      const keep = new Set(
        [folderOf(placement), undo].map((target) => target?.split(/[\\/]/).at(-1)),
      );
      for (const name of await fileSystem.list(versions))
        if (!keep.has(name)) await removeUnlessHeld(fileSystem, join(versions, name));
    },
  };
}

/**
 * Windows removes no program that still runs: nobody need wait for its end, for the next release finds the folder here.
 */
async function removeUnlessHeld(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.remove(path);
  } catch (error) {
    if (!isHeld(error)) throw error;
  }
}

function currentOf({ packageDirectory }: Placement): string {
  return join(packageDirectory, "current");
}

function directoryOf(placement: Placement): string {
  return join(placement.packageDirectory, folderOf(placement));
}

/** What `current` points to: relative, so that the whole tree may be moved. */
function folderOf({ version, digest }: Placement): string {
  return join("versions", `${version}-${digest.slice(0, 8)}`);
}

/** Where `current` points; empty where nothing is installed. @throws DEPLOY_FAILED where it is no link */
async function readCurrent(fileSystem: FileSystem, placement: Placement): Promise<string> {
  const link = currentOf(placement);
  const facts = await fileSystem.stat(link);
  if (facts === undefined) return "";
  if (facts.kind === "link") return fileSystem.readLink(link);
  throw new OutriderError(
    "DEPLOY_FAILED",
    `${link} is not the link that the strategy "directory" switches: ${placement.name} was installed in another way. Remove it, or keep the strategy.`,
    { subject: link },
  );
}

async function pointTo(fileSystem: FileSystem, link: string, target: string): Promise<void> {
  const next = `${link}.next`;
  await fileSystem.remove(next); // left by a kill
  await fileSystem.link(target, next);
  await fileSystem.rename(next, link);
  await fileSystem.syncDirectory(dirname(link));
}
