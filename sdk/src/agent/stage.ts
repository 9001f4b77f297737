/**
 * Steps 90 and 91, first half: decompress into a private folder beside what runs, all or nothing, then let the
 * strategy prepare the switch. What runs is not touched.
 */
import { dirname, join } from "node:path";
import { OutriderError } from "../errors/index.ts";
import { extractArchive, filesOf } from "../package/index.ts";
import type { FileSystem } from "../ports/index.ts";
import type { Install, Manifest, PackageReference } from "../schema/index.ts";
import type { Deployer, Placement } from "./deployer.ts";
import { runHook } from "./hooks.ts";
import type { ProgramRunner } from "./program.ts";
import type { VerifiedPackage } from "./verify.ts";

declare const stagedPackage: unique symbol;

/** A release that lies ready beside the one that runs. Made only here. */
export interface StagedPackage {
  readonly [stagedPackage]: true;
  readonly placement: Placement;
  /** What going back needs; `undefined` where there is no way back. */
  readonly undo: string | undefined;
}

/** Room beside the files themselves: directories, journals, the blocks' rounding. */
const spareBytes = 8 * 1024 * 1024;
const folderMode = 0o755;

/** Where a release goes. */
export function placementOf(
  release: PackageReference,
  install: Install,
  installDirectory: string,
): Placement {
  const packageDirectory = join(installDirectory, release.name);
  return {
    name: release.name,
    version: release.version,
    digest: release.manifest,
    install,
    packageDirectory,
    stagingDirectory: join(packageDirectory, "staging", release.manifest.slice(0, 8)),
  };
}

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
    readonly fileSystem: FileSystem;
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
  await checkSpace(manifest.document, variant, placement, fileSystem);
  await fileSystem.remove(stagingDirectory); // left by a kill
  await extractArchive(verified.archive, {
    manifest: { document: manifest.document, bytes: manifest.sealed.bytes },
    variant,
    targetDirectory: stagingDirectory,
    fileSystem,
    signal,
  });
  await runHook("beforeInstall", placement, { programs, directory: stagingDirectory, signal });
  const undo = await deployer.stage(placement, { signal });
  return { placement, undo } as unknown as StagedPackage;
}

/** What an earlier run staged and journalled. */
export function reopenStaged(placement: Placement, undo: string | undefined): StagedPackage {
  return { placement, undo } as unknown as StagedPackage;
}

async function checkSpace(
  manifest: Manifest,
  variant: string | undefined,
  placement: Placement,
  fileSystem: FileSystem,
): Promise<void> {
  const wanted = filesOf(manifest, variant).reduce((sum, { size }) => sum + size, spareBytes);
  const free = await fileSystem.freeBytes(placement.packageDirectory);
  if (free < wanted)
    throw new OutriderError(
      "SPACE",
      `${manifest.name} ${manifest.version} needs ${wanted} bytes; ${free} are free.`,
      { subject: manifest.name },
    );
}
