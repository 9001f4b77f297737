/** A base release as its full archive, for those who make, publish and verify patches. */
import { createHash } from "node:crypto";
import { decodeStream, decodeWhole, isSmall } from "../archive/decode.ts";
import { matchArchive } from "../archive/match.ts";
import type { OpenArchive } from "../archive/open.ts";
import type { SignedManifest } from "../manifest.ts";
import { baseError, type BaseRelease } from "./release.ts";

/**
 * The release in this archive, which must stay open.
 *
 * @throws PACKAGE_BASE where it is a patch itself; PACKAGE_MALFORMED, PACKAGE_MISMATCH, PACKAGE_PATH, PACKAGE_ENCODING
 */
export async function archivedBase(
  archive: OpenArchive,
  manifest: SignedManifest,
): Promise<BaseRelease> {
  if (archive.head.index.base !== undefined)
    throw baseError(archive.path, "it is a patch itself, and only a full archive can be a base");
  const entries = await matchArchive(archive, manifest);
  const byDigest = new Map(entries.map((entry) => [entry.file.sha256, entry]));
  return {
    manifest: createHash("sha256").update(manifest.bytes).digest("hex"),
    sizeOf: (sha256) => byDigest.get(sha256)?.file.size,
    async read(sha256, sink, signal) {
      const entry = byDigest.get(sha256);
      if (entry === undefined)
        throw baseError(archive.path, `it has no file with SHA-256 ${sha256}`);
      const options = signal === undefined ? {} : { signal };
      if (isSmall(entry)) await sink(await decodeWhole(archive.bytes, entry));
      else await decodeStream(archive.bytes, entry, sink, options);
    },
  };
}
