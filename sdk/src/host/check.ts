/**
 * Is an archive what was signed? Signatures over the manifest first, then every file against it; a patch together with
 * the release that it builds on, so that what agents are offered has been applied once.
 */
import { OutriderError } from "../errors/index.ts";
import { sealText } from "../messages/index.ts";
import { archivedBase, contentsSha512, openArchive, type OpenArchive } from "../package/index.ts";
import { sha256Hex } from "../signing/index.ts";
import type { Verified } from "../trust/index.ts";
import type { DirectoryHost, PublishedPackage, PublishOptions } from "./directory.ts";

/** What a check found. */
export interface CheckedArchive {
  readonly verified: Verified<"manifest/1">;
  /** SHA-512 of the contents. */
  readonly contents: Uint8Array;
}

/**
 * Checks an open archive and closes it.
 *
 * @param source its name for people.
 * @param host where the releases are that a patch needs.
 * @throws the codes of TrustSet.verifyManifest; PACKAGE_*, CANCELLED
 */
export async function checkArchive(
  archive: OpenArchive,
  source: string,
  host: Pick<DirectoryHost, "find">,
  options: PublishOptions,
): Promise<CheckedArchive> {
  try {
    const { manifestText, signatures, index } = archive.head;
    const sealed = sealText("manifest/1", manifestText, signatures);
    const verified = options.trust.at(options.now).verifyManifest(sealed);
    const signed = { document: verified.document, bytes: sealed.bytes };
    if (index.base === undefined)
      return { verified, contents: await contentsSha512(archive, signed, signalOf(options)) };
    // Machines that cannot use a patch must have something to fall back to.
    await findFull(sha256Hex(sealed.bytes), source, host);
    const contents = await withBase(index.base, source, host, options, (base) =>
      contentsSha512(archive, signed, { base, ...signalOf(options) }),
    );
    return { verified, contents };
  } finally {
    await archive.close();
  }
}

async function withBase<T>(
  manifestSha256: string,
  source: string,
  host: Pick<DirectoryHost, "find">,
  options: PublishOptions,
  use: (base: Awaited<ReturnType<typeof archivedBase>>) => Promise<T>,
): Promise<T> {
  const { release, full } = await findFull(manifestSha256, source, host);
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
  host: Pick<DirectoryHost, "find">,
): Promise<{ release: PublishedPackage; full: PublishedPackage["archives"][0] }> {
  const release = await host.find(manifestSha256);
  const full = release?.archives.find(({ base }) => base === undefined);
  if (release !== undefined && full !== undefined) return { release, full };
  throw new OutriderError(
    "PACKAGE_BASE",
    `${source} is a patch, and the full archive of the release with manifest ${manifestSha256} is not on this host. Publish that first.`,
    { subject: source },
  );
}

function signalOf({ signal }: PublishOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
