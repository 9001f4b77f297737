/**
 * The package host as a directory of this machine: an archive is copied while it is hashed, all checks are made on the
 * copy, and the copy is what is served (`shelf.ts` says how it lies there).
 */
import { OutriderError } from "../errors/index.ts";
import { openArchive } from "../package/index.ts";
import { nodeFileSystem, type FileSystem } from "../ports/index.ts";
import type { Manifest } from "../schema/index.ts";
import { sha256Hex } from "../signing/index.ts";
import { checkArchive } from "./check.ts";
import { copyWhileHashing } from "./copy.ts";
import { findArchives } from "./find.ts";
import type { PackageHost, PublishedPackage, PublishOptions } from "./host.ts";
import { Shelf } from "./shelf.ts";

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
  const shelf = await Shelf.open(path, fileSystem);
  return {
    async publish(path, options) {
      const [first = path, ...patches] = await findArchives(path, fileSystem);
      let published = await publishArchive(first, shelf, options);
      for (const patch of patches) published = await publishArchive(patch, shelf, options);
      return published;
    },
    find: (manifest) => shelf.find(manifest),
    archive: (sha256) => shelf.archive(sha256),
    list: () => shelf.list(),
  };
}

async function publishArchive(
  source: string,
  shelf: Shelf,
  options: PublishOptions,
): Promise<PublishedPackage> {
  const { fileSystem } = shelf;
  const copy = shelf.incoming();
  try {
    const { sha256, size } = await copyWhileHashing(source, copy, fileSystem, options);
    const archive = await openArchive(
      { path: copy, sha256, size },
      { fileSystem, ...(options.signal === undefined ? {} : { signal: options.signal }) },
    );
    const { base } = archive.head.index;
    const checked = await checkArchive(archive, source, {
      judge: (sealed) => options.trust.at(options.now).verifyManifest(sealed).document,
      releases: shelf,
      signal: options.signal,
    });
    await refuseConflict(checked.manifest, sha256Hex(checked.sealed.bytes), shelf);
    const facts = { sha256, size, ...(base === undefined ? {} : { base }) };
    return await shelf.keep(copy, facts, checked);
  } finally {
    await fileSystem.remove(copy);
  }
}

/** One release has one manifest (DESIGN 4): a second one under the same version would split the machines. */
async function refuseConflict(
  { name, version }: Manifest,
  manifestSha256: string,
  shelf: Shelf,
): Promise<void> {
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
