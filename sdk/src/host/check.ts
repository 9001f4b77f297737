/**
 * Is an archive what was signed? The manifest is judged first, then every file is held to it; a patch together with the
 * release that it builds on, so that what agents are offered has been applied once.
 */
import { OutriderError } from "../errors/index.ts";
import { sealText, type SealedDocument } from "../messages/index.ts";
import { archivedBase, contentsSha512, openArchive, type OpenArchive } from "../package/index.ts";
import type { Manifest } from "../schema/index.ts";
import { sha256Hex } from "../signing/index.ts";
import type { PackageHost, PublishedPackage } from "./host.ts";

/** What a check found. */
export interface CheckedArchive {
  readonly manifest: Manifest;
  /** As it was signed. */
  readonly sealed: SealedDocument<"manifest/1">;
  /** SHA-512 of the contents. */
  readonly contents: Uint8Array;
}

/** How an archive is checked. */
export interface CheckOptions {
  /** Judges the manifest, and throws where it is not to be believed. */
  readonly judge: (sealed: SealedDocument<"manifest/1">) => Manifest;
  /** Where the releases are that a patch needs. */
  readonly releases: Pick<PackageHost, "find">;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks an open archive and closes it.
 *
 * @param source its name for people.
 * @throws what the judge throws; PACKAGE_*, CANCELLED
 */
export async function checkArchive(
  archive: OpenArchive,
  source: string,
  options: CheckOptions,
): Promise<CheckedArchive> {
  try {
    const { manifestText, signatures, index } = archive.head;
    const sealed = sealText("manifest/1", manifestText, signatures);
    const manifest = options.judge(sealed);
    const signed = { document: manifest, bytes: sealed.bytes };
    if (index.base === undefined) {
      const contents = await contentsSha512(archive, signed, signalOf(options));
      return { manifest, sealed, contents };
    }
    // Machines that cannot use a patch must have something to fall back to.
    await findFull(sha256Hex(sealed.bytes), source, options);
    const contents = await withBase(index.base, source, options, (base) =>
      contentsSha512(archive, signed, { base, ...signalOf(options) }),
    );
    return { manifest, sealed, contents };
  } finally {
    await archive.close();
  }
}

async function withBase<T>(
  manifestSha256: string,
  source: string,
  options: CheckOptions,
  use: (base: Awaited<ReturnType<typeof archivedBase>>) => Promise<T>,
): Promise<T> {
  const { release, full } = await findFull(manifestSha256, source, options);
  const archive = await openArchive(full, signalOf(options));
  try {
    const manifest = { document: release.manifest, bytes: release.sealed.bytes };
    return await use(await archivedBase(archive, manifest));
  } finally {
    await archive.close();
  }
}

async function findFull(
  manifestSha256: string,
  source: string,
  { releases }: CheckOptions,
): Promise<{ release: PublishedPackage; full: PublishedPackage["archives"][0] }> {
  const release = await releases.find(manifestSha256);
  const full = release?.archives.find(({ base }) => base === undefined);
  if (release !== undefined && full !== undefined) return { release, full };
  throw new OutriderError(
    "PACKAGE_BASE",
    `${source} is a patch, and the full archive of the release with manifest ${manifestSha256} is not on this host. Publish that first.`,
    { subject: source },
  );
}

function signalOf({ signal }: CheckOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
