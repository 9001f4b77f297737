/**
 * Steps 90 and 91, first half: decompress into a private folder beside what runs, all or nothing, then let the
 * strategy move it to where it will run from. What runs is not touched.
 */
import { join } from "node:path";
import { OutriderError } from "../errors/index.ts";
import { extractArchive, filesOf } from "../package/index.ts";
import type { FileSystem } from "../ports/index.ts";
import type { Install, Manifest, PackageReference } from "../schema/index.ts";
import type { Deployer, Placement } from "./deployer.ts";
import { runProgram } from "./program.ts";
import type { VerifiedPackage } from "./verify.ts";

declare const stagedPackage: unique symbol;

/** A release that lies ready beside the one that runs. Made only here. */
export interface StagedPackage {
  readonly [stagedPackage]: true;
  readonly placement: Placement;
}

/** Room beside the files themselves: directories, journals, the blocks' rounding. */
const spareBytes = 8 * 1024 * 1024;

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
 * @throws SPACE, PACKAGE_*, HOOK_FAILED, DEPLOY_FAILED
 */
export async function stage(
  verified: VerifiedPackage,
  placement: Placement,
  options: {
    readonly deployer: Deployer;
    readonly fileSystem: FileSystem;
    readonly signal: AbortSignal;
  },
): Promise<StagedPackage> {
  const { deployer, fileSystem, signal } = options;
  const { manifest, variant } = verified;
  const parent = join(placement.stagingDirectory, "..");
  await fileSystem.makeDirectory(parent);
  await fileSystem.syncDirectory(placement.packageDirectory);
  await checkSpace(manifest.document, variant, placement, fileSystem);
  await fileSystem.remove(placement.stagingDirectory); // left by a kill
  await extractArchive(verified.archive, {
    manifest: { document: manifest.document, bytes: manifest.sealed.bytes },
    variant,
    targetDirectory: placement.stagingDirectory,
    fileSystem,
    signal,
  });
  await deployer.stage(placement, { signal });
  await runHook("beforeInstall", placement, deployer, signal);
  return { placement } as unknown as StagedPackage;
}

/** What an earlier run staged and journalled. */
export function reopenStaged(placement: Placement): StagedPackage {
  return { placement } as unknown as StagedPackage;
}

/** Runs a hook of the package, if there is one. @throws HOOK_FAILED; DEFERRED for exit code 21 */
export async function runHook(
  hook: "beforeInstall" | "afterInstall",
  placement: Placement,
  deployer: Deployer,
  signal: AbortSignal,
): Promise<void> {
  const command = placement.install.hooks?.[hook];
  if (command === undefined) return;
  const { outcome, detail } = await runProgram(command, {
    directory: deployer.directoryOf(placement),
    environment: programEnvironment(placement),
    signal,
  });
  if (outcome === "later")
    throw new OutriderError(
      "DEFERRED",
      `The hook ${hook} of ${placement.name} asks to be run later.`,
    );
  if (outcome === "failed")
    throw new OutriderError(
      "HOOK_FAILED",
      `The hook ${hook} of ${placement.name} failed: ${detail}.`,
    );
}

/** What programs of the package are told. */
export function programEnvironment(placement: Placement): Readonly<Record<string, string>> {
  return { OUTRIDER_PACKAGE: placement.name, OUTRIDER_VERSION: placement.version };
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
      {
        subject: manifest.name,
      },
    );
}
