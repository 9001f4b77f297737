/** Archives of random bytes, and a folder of one test's own. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes with their name. */
export interface TestArchive {
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly size: number;
}

/** Makes one. */
export function testArchive(size: number): TestArchive {
  return archiveOf(randomBytes(size));
}

/** Names these bytes. */
export function archiveOf(bytes: Buffer): TestArchive {
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex"), size: bytes.length };
}

/** A private folder that goes when the test ends: `await using folder = await testFolder()`. */
export interface TestFolder {
  readonly path: string;
  /** A path inside. */
  at(...parts: readonly string[]): string;
  /** Names inside, sorted. */
  names(): Promise<string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes one. */
export async function testFolder(): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), "outrider-"));
  return {
    path,
    at: (...parts) => join(path, ...parts),
    names: async () => (await readdir(path)).toSorted(),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
