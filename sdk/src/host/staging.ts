/**
 * A package on its way in: all of its archives are copied and checked before the first of them is kept, so that a
 * folder with a patch that is refused leaves nothing behind.
 */
import { isOutriderError, OutriderError, say, sentenceOf } from "../errors/index.ts";
import type { SealedDocument } from "../messages/index.ts";
import { openArchive } from "../package/index.ts";
import type { FileSystem } from "../ports/index.ts";
import type { Manifest } from "../schema/index.ts";
import { sha256Hex } from "../signing/index.ts";
import { checkArchive, type CheckedArchive, type CheckOptions } from "./check.ts";
import { copyWhileHashing } from "./copy.ts";
import { findArchives } from "./find.ts";
import type { PublishedArchive, PublishedPackage, PublishOptions } from "./host.ts";
import type { Shelf } from "./shelf.ts";

/** What is known of an archive before it lies anywhere. */
export type ArchiveFacts = Omit<PublishedArchive, "path">;

/** A copy that is what was signed. */
export interface StagedArchive {
  readonly copy: string;
  readonly facts: ArchiveFacts;
  readonly checked: CheckedArchive;
}

/**
 * Hands on the archives of a package, the full one first; the copies that were not kept are gone afterwards.
 *
 * @param releases what patches build on.
 * @throws the codes of TrustSet.verifyManifest, PACKAGE_*, FILE_MISSING, CANCELLED
 */
export async function withStaged<Result>(
  path: string,
  { shelf, releases }: { readonly shelf: Shelf; readonly releases: CheckOptions["releases"] },
  options: PublishOptions,
  use: (staged: readonly StagedArchive[]) => Promise<Result>,
): Promise<Result> {
  const { fileSystem } = shelf;
  const staged: StagedArchive[] = [];
  const copies: string[] = [];
  try {
    for (const source of await findArchives(path, fileSystem)) {
      const copy = shelf.incoming();
      copies.push(copy);
      const found = await copyWhileHashing(source, copy, fileSystem, options);
      staged.push(
        await checkCopy({ ...found, path: copy }, source, fileSystem, {
          judge: (sealed) => judged(sealed, source, options),
          // The full archive of the same folder is as good as here.
          releases: { find: async (id) => (await releases.find(id)) ?? releaseAmong(staged, id) },
          signal: options.signal,
        }),
      );
    }
    return await use(staged);
  } finally {
    for (const copy of copies) await fileSystem.remove(copy);
  }
}

/** @throws the codes of TrustSet.verifyManifest, under the archive's name: a release service publishes many */
function judged(
  sealed: SealedDocument<"manifest/1">,
  source: string,
  { trust, now }: PublishOptions,
): Manifest {
  try {
    return trust.at(now).verifyManifest(sealed).document;
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    throw new OutriderError(error.code, say("{0}: {1}", source, sentenceOf(error)), {
      subject: source,
      cause: error,
    });
  }
}

/** Checks an archive where it lies. */
export async function checkCopy(
  { path, sha256, size }: PublishedArchive,
  source: string,
  fileSystem: FileSystem,
  options: CheckOptions,
): Promise<StagedArchive> {
  const { signal } = options;
  const archive = await openArchive(
    { path, sha256, size },
    { fileSystem, ...(signal === undefined ? {} : { signal }) },
  );
  const { base } = archive.head.index;
  const checked = await checkArchive(archive, source, options);
  const facts = { sha256, size, ...(base === undefined ? {} : { base }) };
  return { copy: path, facts, checked };
}

function releaseAmong(
  staged: readonly StagedArchive[],
  manifestSha256: string,
): PublishedPackage | undefined {
  const own = staged.filter(({ checked }) => sha256Hex(checked.sealed.bytes) === manifestSha256);
  const [first] = own;
  if (first === undefined) return undefined;
  const { manifest, sealed, contents } = first.checked;
  const archives = own.map(({ copy, facts }) => ({ ...facts, path: copy }));
  return { manifestSha256, manifest, sealed, contentsSha512: contents, archives };
}
