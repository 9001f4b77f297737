/**
 * The release that a patch archive builds on, as a store of files by their content. Where it lies, on a machine or in
 * an archive, is its own affair; nothing of a patch ever names a path in it, so no patch can point anywhere else.
 */
import { OutriderError } from "../../errors/index.ts";
import type { OpenArchive } from "../archive/open.ts";
import type { ByteSink } from "../zstd.ts";

/** An earlier release whose files can be read. */
export interface BaseRelease {
  /** SHA-256 of its manifest. */
  readonly manifest: string;
  /** Bytes of its file with this SHA-256; `undefined` where it has none. */
  sizeOf(sha256: string): number | undefined;
  /**
   * Streams that file, held to size and digest: what was given out is right only once this returns.
   *
   * @throws PACKAGE_BASE, CANCELLED and what the sink throws
   */
  read(sha256: string, sink: ByteSink, signal?: AbortSignal): Promise<void>;
}

/**
 * The base that the archive asks for; nothing for a full archive.
 *
 * @throws PACKAGE_BASE where it is a patch and this is not its base
 */
export function baseFor(
  { head, path }: Pick<OpenArchive, "head" | "path">,
  base: BaseRelease | undefined,
): BaseRelease | undefined {
  const wanted = head.index.base;
  if (wanted === undefined) return undefined;
  if (base?.manifest === wanted) return base;
  throw baseError(
    path,
    `it is a patch against the release with manifest ${wanted}, and ${base === undefined ? "no release" : base.manifest} is at hand`,
  );
}

/** What is wrong with a base, for the archive or file at `subject`. */
export function baseError(subject: string, what: string, cause?: unknown): OutriderError {
  return new OutriderError(
    "PACKAGE_BASE",
    `${subject} cannot be used: ${what}. Take the full package.`,
    { subject, cause },
  );
}
