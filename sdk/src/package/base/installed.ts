/**
 * A base release as it lies on this machine. Its manifest says which files there are; each is opened without following
 * a link and held to its digest while it is read, so what was altered, or is swapped meanwhile, never becomes part of
 * another release (THREATS P3).
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { FileHandle, FileSystem } from "../../ports/index.ts";
import type { ManifestFile } from "../../schema/index.ts";
import { checkCancelled } from "../cancel.ts";
import { chunkBytes } from "../limits.ts";
import { filesOf, targetOf, type SignedManifest } from "../manifest.ts";
import type { ByteSink } from "../zstd.ts";
import { baseError, type BaseRelease } from "./release.ts";

/** Where a release was installed. */
export interface InstalledPlace {
  /** Its manifest, verified when it was installed. */
  readonly manifest: SignedManifest;
  readonly manifestSha256: string;
  readonly variant: string | undefined;
  /** Folder with its files, absolute. */
  readonly directory: string;
  readonly fileSystem: FileSystem;
}

/** Files on this machine. */
export interface InstalledBase extends BaseRelease {
  /** Is every file there, and as long as it was released? Quick; `read` is what decides. */
  seemsWhole(): Promise<boolean>;
}

/** The installed release; nothing is read before it is asked for. */
export function installedBase(place: InstalledPlace): InstalledBase {
  const files = filesOf(place.manifest.document, place.variant);
  const byDigest = new Map(files.map((file) => [file.sha256, file]));
  return {
    manifest: place.manifestSha256,
    sizeOf: (sha256) => byDigest.get(sha256)?.size,
    async read(sha256, sink, signal) {
      const file = byDigest.get(sha256);
      if (file === undefined)
        throw baseError(place.directory, `the release there has no file with SHA-256 ${sha256}`);
      await readHeld(place, file, sink, signal);
    },
    async seemsWhole() {
      for (const file of files) {
        const facts = await place.fileSystem.stat(join(place.directory, targetOf(file)));
        if (facts?.kind !== "file" || facts.size !== file.size) return false;
      }
      return true;
    },
  };
}

async function readHeld(
  { directory, fileSystem }: InstalledPlace,
  file: ManifestFile,
  sink: ByteSink,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = join(directory, targetOf(file));
  const handle = await reading(path, () => fileSystem.open(path, "read"));
  try {
    const { kind, size } = await reading(path, () => handle.stat());
    if (kind !== "file" || size !== file.size)
      throw baseError(path, "it is not as it was released");
    const digest = createHash("sha256");
    for await (const chunk of chunksOf(handle, path, size)) {
      checkCancelled(signal, path);
      digest.update(chunk);
      await sink(chunk);
    }
    if (digest.digest("hex") !== file.sha256) throw baseError(path, "it is not as it was released");
  } finally {
    await handle.close();
  }
}

/** Each chunk is valid until the next is asked for. */
async function* chunksOf(
  handle: FileHandle,
  path: string,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = new Uint8Array(Math.min(chunkBytes, size));
  for (let done = 0; done < size;) {
    const wanted = buffer.subarray(0, Math.min(buffer.length, size - done));
    const count = await reading(path, () => handle.read(wanted, done));
    if (count === 0) throw baseError(path, "it shrank while it was read");
    yield buffer.subarray(0, count);
    done += count;
  }
}

/** A base that cannot be read is no base: the full package helps, trying again does not. */
async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw baseError(path, "it cannot be read", error);
  }
}
