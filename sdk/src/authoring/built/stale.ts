/**
 * Is a built package still what its sources say? Sizes are compared, and of files that were written since the build
 * also digests; what the manifest says beside its files is compared as it would be built now.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isOutriderError } from "../../errors/index.ts";
import { planPackage, toManifest, type PlannedFile } from "../../package/build/index.ts";
import type { ManifestFile, SourceManifest } from "../../schema/index.ts";
import type { Folder } from "../package/file-sets.ts";
import { buildFolder, type BuiltPackage } from "./find.ts";

/** What differs first, for people: a path, or a member of the manifest. `undefined` where nothing does. */
export async function firstDifference(
  source: SourceManifest,
  built: BuiltPackage,
  folder: Folder,
): Promise<string | undefined> {
  const planned = await plan(source, folder);
  if (planned === undefined) return undefined;
  const { files, releasedAt, ...rest } = built.manifest;
  const {
    files: _none,
    releasedAt: _now,
    ...wanted
  } = toManifest(source, [], new Date(releasedAt));
  for (const [member, value] of Object.entries(wanted))
    if (!isDeepStrictEqual(value, rest[member as keyof typeof rest])) return member;
  if (Object.keys(rest).length !== Object.keys(wanted).length) return "manifest.json";
  const known = new Map(files.map((file) => [file.path, file]));
  for (const file of planned)
    if (!(await isAsBuilt(file, known.get(file.path), built, folder))) return file.path;
  const still = new Set(planned.map(({ path }) => path));
  return files.find(({ path }) => !still.has(path))?.path;
}

/** Nothing where the sources cannot be built as they are: that is told by itself. */
async function plan(
  source: SourceManifest,
  { root, fileSystem, signal }: Folder,
): Promise<PlannedFile[] | undefined> {
  try {
    const outputDirectory = join(root, buildFolder);
    return await planPackage(root, source, { fileSystem, subject: "", outputDirectory, signal });
  } catch (error) {
    if (isOutriderError(error)) return undefined;
    throw error;
  }
}

async function isAsBuilt(
  { mode, size, source }: PlannedFile,
  known: ManifestFile | undefined,
  { builtAtMs }: BuiltPackage,
  { fileSystem, signal }: Folder,
): Promise<boolean> {
  if (known === undefined || known.size !== size || known.mode !== mode) return false;
  const facts = await fileSystem.stat(source);
  if (facts !== undefined && facts.modifiedAtMs < builtAtMs) return true;
  return (await digestOf(source, fileSystem, signal)) === known.sha256;
}

async function digestOf(
  path: string,
  fileSystem: Folder["fileSystem"],
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash("sha256");
  const handle = await fileSystem.open(path, "read");
  const buffer = new Uint8Array(256 * 1024);
  try {
    for (let position = 0; ;) {
      signal?.throwIfAborted();
      const count = await handle.read(buffer, position);
      if (count === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, count));
      position += count;
    }
  } finally {
    await handle.close();
  }
}
