/**
 * The installed release as the base of a patch. Its manifest is kept beside it,
 * `INSTALL/<package>/manifests/<sha256>.json`, named by what it must be: so a patch is applied to nothing but a release
 * that is as it was signed, and to nothing where only the product's own installer was here before.
 */
import { join } from "node:path";
import { installedBase, type InstalledBase } from "../../package/index.ts";
import { readWhole, syncedWrite, type FileSystem } from "../../ports/index.ts";
import { decodeText, readDocumentText, validateManifest } from "../../schema/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import type { AuthenticNotification } from "../admission/authenticate.ts";
import type { JournalRecord } from "../memory/journal.ts";
import type { Workplace } from "../workplace.ts";
import type { Placement } from "./deployer.ts";
import { placementOf } from "./placement.ts";
import { chooseStrategy } from "./strategies/index.ts";

const maxManifestBytes = 32 * 1024 * 1024;

/** What a patch may build on here, and why there is none. */
export interface BaseJudgement {
  /** Manifest of the installed release; absent where only full archives can be used. */
  readonly installed?: string;
  /** For people and the receipt. */
  readonly trace: readonly string[];
}

/** Looks only where a patch is offered. What it finds is quick and may be wrong: reading the base decides. */
export async function judgeBase(
  { notification }: AuthenticNotification,
  record: JournalRecord,
  place: Workplace,
): Promise<BaseJudgement> {
  const release = place.state.memory.installed[record.package.name];
  const isOffered = notification.archives.some(
    ({ base }) => base !== undefined && base === release?.manifest,
  );
  if (release === undefined || !isOffered || record.withoutPatch === true) return { trace: [] };
  const name = `patch from ${release.version}`;
  if (!place.dictionaries) return { trace: [`${name}: this runtime's zstd has no dictionaries`] };
  const base = await findBase(record.package.name, place);
  if (base === undefined || !(await base.seemsWhole()))
    return { trace: [`${name}: what is installed is not as it was released`] };
  return { installed: base.manifest, trace: [`${name}: fits`] };
}

/** The installed release, if it was installed from a manifest that is still here. */
export async function findBase(name: string, place: Workplace): Promise<InstalledBase | undefined> {
  const { fileSystem, installDirectory, logger, state } = place;
  const release = state.memory.installed[name];
  if (release?.manifest === undefined) return undefined;
  const { manifest: digest, variant, version } = release;
  const path = join(installDirectory, name, "manifests", `${digest}.json`);
  try {
    if ((await fileSystem.stat(path)) === undefined) return undefined;
    const bytes = await readWhole(fileSystem, path, maxManifestBytes);
    if (sha256Hex(bytes) !== digest) return undefined;
    const document = readDocumentText(decodeText(bytes, path), validateManifest, path);
    const placement = placementOf(
      { name, version, manifest: digest },
      document.install,
      installDirectory,
    );
    return installedBase({
      manifest: { document, bytes },
      manifestSha256: digest,
      variant,
      directory: chooseStrategy(document.install, place).directoryOf(placement),
      fileSystem,
    });
  } catch (error) {
    logger.log("debug", `The installed ${name} is no base for a patch: ${String(error)}`);
    return undefined;
  }
}

/** Keeps the manifest of a release that is about to be put in place. */
export async function keepManifest(
  fileSystem: FileSystem,
  { digest, packageDirectory }: Placement,
  bytes: Uint8Array,
): Promise<void> {
  const directory = join(packageDirectory, "manifests");
  await fileSystem.makeDirectory(directory);
  await fileSystem.syncDirectory(packageDirectory);
  await syncedWrite(fileSystem, join(directory, `${digest}.json`), bytes);
}

/** Removes the manifests of all other releases than these. */
export async function forgetManifests(
  fileSystem: FileSystem,
  { packageDirectory }: Placement,
  keep: readonly (string | undefined)[],
): Promise<void> {
  const directory = join(packageDirectory, "manifests");
  if ((await fileSystem.stat(directory)) === undefined) return;
  const names = new Set(keep.map((digest) => `${digest}.json`));
  for (const name of await fileSystem.list(directory))
    if (!names.has(name)) await fileSystem.remove(join(directory, name));
}
