/**
 * An archive on its way: the one place where bytes from any carrier become a file under the archive's name.
 *
 * - What is unfinished lies at `TARGET.partial` and is resumed, also after a restart; it is re-read and re-hashed, not
 *   believed.
 * - Never more bytes than the signed length; `TARGET` appears by rename, only after length and SHA-256 held and fsync.
 */
import { createHash, type Hash } from "node:crypto";
import { dirname } from "node:path";
import { isOutriderError, OutriderError } from "../errors/index.ts";
import { isFull, type FileHandle, type FileSystem } from "../ports/index.ts";
import { pause } from "./pacing.ts";

/** Which archive, and where it shall lie. */
export interface ArchiveTarget {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** The file it becomes. */
  readonly target: string;
  /** Limit of the rate at which it is filled; none unless given. */
  readonly bytesPerSecond?: number;
}

const chunkBytes = 1024 * 1024;

/** The unfinished file; end it with `finish`, `keep` or `discard`. */
export class PartialArchive {
  readonly #fileSystem: FileSystem;
  readonly #wanted: ArchiveTarget;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #hash: Hash;
  readonly #signal: AbortSignal | undefined;
  readonly #began = performance.now();
  readonly #beganWith: number;
  #length: number;

  private constructor(
    fileSystem: FileSystem,
    wanted: ArchiveTarget,
    handle: FileHandle,
    there: { readonly hash: Hash; readonly length: number; readonly signal?: AbortSignal },
  ) {
    this.#fileSystem = fileSystem;
    this.#wanted = wanted;
    this.#path = partialPath(wanted.target);
    this.#handle = handle;
    this.#hash = there.hash;
    this.#signal = there.signal;
    this.#beganWith = there.length;
    this.#length = there.length;
  }

  /**
   * Opens it, hashing what an earlier call left.
   *
   * @throws SPACE, FILE_UNREADABLE, CANCELLED
   */
  static async open(
    fileSystem: FileSystem,
    wanted: ArchiveTarget,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<PartialArchive> {
    const path = partialPath(wanted.target);
    try {
      await fileSystem.makeDirectory(dirname(path));
      const facts = await fileSystem.stat(path);
      const resumable = facts?.kind === "file" && facts.size <= wanted.size;
      if (facts !== undefined && !resumable) await fileSystem.remove(path);
      const there = resumable
        ? await hashFile(fileSystem, path, wanted.size, signal)
        : { hash: createHash("sha256"), length: 0 };
      const handle = await fileSystem.open(path, resumable ? "append" : "create");
      return new PartialArchive(fileSystem, wanted, handle, {
        ...there,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      throw writeFailed(path, error);
    }
  }

  /** Bytes that are there. */
  get length(): number {
    return this.#length;
  }

  /**
   * Adds the next bytes; waits after them where they came faster than the rate allows.
   *
   * @throws PACKAGE_DIGEST before anything past the signed length is written (THREATS N13, endless data);
   * SPACE, FILE_UNREADABLE if it cannot be written
   */
  async append(bytes: Uint8Array): Promise<void> {
    if (this.#length + bytes.length > this.#wanted.size) {
      await this.discard();
      throw this.#mismatch(`more than the ${this.#wanted.size} bytes that were signed came`);
    }
    const writing = this.#handle.write(bytes);
    this.#hash.update(bytes); // meanwhile
    try {
      await writing;
    } catch (error) {
      throw writeFailed(this.#path, error);
    }
    this.#length += bytes.length;
    const { bytesPerSecond = Infinity } = this.#wanted;
    const dueMs = ((this.#length - this.#beganWith) / bytesPerSecond) * 1000;
    const aheadMs = dueMs - (performance.now() - this.#began);
    if (aheadMs > 1) await pause(aheadMs, this.#signal);
  }

  /**
   * Checks length and SHA-256, makes it durable and gives it its name.
   *
   * @throws PACKAGE_DIGEST, the unfinished file is gone then; SPACE, FILE_UNREADABLE
   */
  async finish(): Promise<void> {
    const { sha256, size, target } = this.#wanted;
    if (this.#length !== size) {
      await this.discard();
      throw this.#mismatch(`${this.#length} bytes came instead of ${size}`);
    }
    const digest = this.#hash.digest("hex");
    if (digest !== sha256) {
      await this.discard();
      throw this.#mismatch(`its SHA-256 is ${digest}, not ${sha256}`);
    }
    try {
      await this.#handle.sync();
      await this.#handle.close();
      await this.#fileSystem.rename(this.#path, target);
      await this.#fileSystem.syncDirectory(dirname(target));
    } catch (error) {
      throw writeFailed(target, error);
    }
  }

  /** Closes it and leaves what is there for a later call; a remnant of less than `atLeastBytes` is not worth it. */
  async keep(atLeastBytes = 0): Promise<void> {
    if (this.#length < atLeastBytes) return this.discard();
    await this.#handle.close();
  }

  /** Closes and removes it. */
  async discard(): Promise<void> {
    await this.#handle.close();
    await this.#fileSystem.remove(this.#path);
  }

  #mismatch(what: string): OutriderError {
    return new OutriderError(
      "PACKAGE_DIGEST",
      `The archive for ${this.#wanted.target} was refused: ${what}. Another source is tried.`,
      { subject: this.#wanted.target },
    );
  }
}

/** Is the whole, right archive there already? A wrong file under its name is removed. */
export async function isComplete(
  fileSystem: FileSystem,
  wanted: ArchiveTarget,
  signal?: AbortSignal,
): Promise<boolean> {
  const facts = await fileSystem.stat(wanted.target);
  if (facts === undefined) return false;
  if (facts.kind === "file" && facts.size === wanted.size) {
    const { hash } = await hashFile(fileSystem, wanted.target, wanted.size, signal);
    if (hash.digest("hex") === wanted.sha256) return true;
  }
  await fileSystem.remove(wanted.target);
  return false;
}

/** Where the unfinished file of a target lies. */
export function partialPath(target: string): string {
  return `${target}.partial`;
}

function writeFailed(path: string, cause: unknown): OutriderError {
  if (isOutriderError(cause)) return cause;
  return new OutriderError(
    isFull(cause) ? "SPACE" : "FILE_UNREADABLE",
    `${path} cannot be written.`,
    {
      subject: path,
      cause,
    },
  );
}

async function hashFile(
  fileSystem: FileSystem,
  path: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<{ hash: Hash; length: number }> {
  const hash = createHash("sha256");
  const handle = await fileSystem.open(path, "read");
  try {
    const buffer = new Uint8Array(chunkBytes);
    let length = 0;
    while (length <= maxBytes) {
      throwIfCancelled(signal, path);
      const count = await handle.read(buffer, length);
      if (count === 0) break;
      hash.update(buffer.subarray(0, count));
      length += count;
    }
    return { hash, length };
  } finally {
    await handle.close();
  }
}

/** @throws CANCELLED once the signal was given. */
export function throwIfCancelled(signal: AbortSignal | undefined, subject: string): void {
  if (signal?.aborted === true)
    throw new OutriderError("CANCELLED", `Work on ${subject} was cancelled.`, {
      subject,
      cause: signal.reason,
    });
}
