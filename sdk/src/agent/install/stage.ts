/**
 * Steps 90 and 91, first half: decompress into a private folder beside what runs, all or nothing, then let the
 * strategy prepare the switch. What runs is not touched.
 */
import { dirname } from "node:path";
import { extractArchive, type BaseRelease } from "../../package/index.ts";
import type { FileSystem } from "../../ports/index.ts";
import { requireRoom, unpackedBytes } from "../archive/room.ts";
import type { VerifiedPackage } from "../archive/verify.ts";
import { keepManifest } from "./base.ts";
import type { Deployer, Placement } from "./deployer.ts";
import { runHook } from "./hooks.ts";
import type { ProgramRunner } from "./program.ts";

declare const stagedPackage: unique symbol;

/** A release that lies ready beside the one that runs. Made only here. */
export interface StagedPackage {
  readonly [stagedPackage]: true;
  readonly placement: Placement;
  /** What going back needs; `undefined` where there is no way back. */
  readonly undo: string | undefined;
}

const folderMode = 0o755;

/**
 * Unpacks and stages.
 *
 * @throws SPACE, PACKAGE_*, HOOK_FAILED, DEFERRED, DEPLOY_FAILED
 */
export async function stage(
  verified: VerifiedPackage,
  placement: Placement,
  by: {
    readonly deployer: Deployer;
    /** The installed release, for a patch. */
    readonly base: BaseRelease | undefined;
    readonly fileSystem: FileSystem;
    readonly keepFreeBytes?: number | undefined;
    readonly programs: ProgramRunner;
    readonly signal: AbortSignal;
  },
): Promise<StagedPackage> {
  const { deployer, fileSystem, programs, signal } = by;
  const { manifest, variant } = verified;
  const { stagingDirectory, packageDirectory } = placement;
  await fileSystem.makeDirectory(packageDirectory, folderMode);
  await fileSystem.syncDirectory(dirname(packageDirectory));
  await fileSystem.makeDirectory(dirname(stagingDirectory));
  await fileSystem.syncDirectory(packageDirectory);
  await requireRoom(
    {
      what: `${placement.name} ${placement.version}`,
      bytes: unpackedBytes(manifest.document, variant),
      folder: packageDirectory,
    },
    by,
  );
  await fileSystem.remove(stagingDirectory); // left by a kill
  await extractArchive(verified.archive, {
    manifest: { document: manifest.document, bytes: manifest.sealed.bytes },
    variant,
    base: by.base,
    targetDirectory: stagingDirectory,
    fileSystem,
    signal,
  });
  await keepManifest(fileSystem, placement, manifest.sealed.bytes);
  await runHook("beforeInstall", placement, { programs, directory: stagingDirectory, signal });
  const undo = await deployer.stage(placement, { signal });
  return { placement, undo } as unknown as StagedPackage;
}

/** What an earlier run staged and journalled. */
export function reopenStaged(placement: Placement, undo: string | undefined): StagedPackage {
  return { placement, undo } as unknown as StagedPackage;
}
