/**
 * The package host as a directory of this machine: an archive is copied while it is hashed, all checks are made on the
 * copy, and the copy is what is served (`shelf.ts` says how it lies there).
 */
import { OutriderError } from "../errors/index.ts";
import { fileError } from "../package/index.ts";
import { nodeFileSystem, type FileSystem } from "../ports/index.ts";
import { sha256Hex } from "../signing/index.ts";
import type { CheckedArchive } from "./check.ts";
import type { PackageHost } from "./host.ts";
import { Shelf } from "./shelf.ts";
import { withStaged } from "./staging.ts";

/** Where it is. */
export interface DirectoryHostOptions {
  /** Its folder; made, mode 0700. */
  readonly path: string;
  readonly fileSystem?: FileSystem;
}

/** Opens the host, making its folders. @throws FILE_UNREADABLE */
export async function directoryHost({
  path,
  fileSystem = nodeFileSystem,
}: DirectoryHostOptions): Promise<PackageHost> {
  const shelf = await Shelf.open(path, fileSystem).catch((error: unknown) => {
    throw fileError(error, path, "Opening the package host");
  });
  return {
    publish: (path, options) =>
      withStaged(path, { shelf, releases: shelf }, options, async (staged) => {
        for (const { checked } of staged) await refuseConflict(checked, shelf);
        return shelf.keep(staged);
      }),
    find: (manifest) => shelf.find(manifest),
    archive: (sha256) => shelf.archive(sha256),
    list: () => shelf.list(),
  };
}

/** One release has one manifest (DESIGN 4): a second one under the same version would split the machines. */
async function refuseConflict({ manifest, sealed }: CheckedArchive, shelf: Shelf): Promise<void> {
  const { name, version } = manifest;
  const manifestSha256 = sha256Hex(sealed.bytes);
  const other = (await shelf.list()).find(
    (record) =>
      record.name === name && record.version === version && record.manifest !== manifestSha256,
  );
  if (other === undefined) return;
  throw new OutriderError(
    "PACKAGE_CONFLICT",
    `${name} ${version} was published with manifest ${other.manifest}; this one is ${manifestSha256}. Raise the version.`,
    { subject: `${name} ${version}` },
  );
}
