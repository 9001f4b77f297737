/**
 * Where parts of archives wait for one another, each under the SHA-256 of its bytes: in any order, before or after the
 * notification that lists them, as many copies as come, over restarts.
 *
 * - Nothing about a part is believed; a part that no verified notification wants is only litter that may become useful.
 * - Bounded by bytes, count and age. What makes room is the oldest litter; what is wanted is never thrown away for what
 *   is not, so a flood of parts harms nobody but itself.
 * - A part is durable before its mail is settled.
 */
import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import {
  nodeFileSystem,
  systemClock,
  type Clock,
  type FileHandle,
  type FileSystem,
} from "../../ports/index.ts";
import { Gathering } from "../gathering.ts";
import { Wants, type ArchiveParts, type Asked, type Want } from "./want.ts";

/** How parts are kept. */
export interface PartSpoolOptions {
  /** Private directory of this spool alone. */
  readonly directory: string;
  /** All parts together; each counts as at least 64 KiB, which bounds their number too. Default 256 MiB. */
  readonly maxBytes?: number;
  /** How long a part nobody wants, and a want nobody repeats, is kept. Default 14 days. */
  readonly maxAgeMs?: number;
  readonly fileSystem?: FileSystem;
  readonly clock?: Clock;
}

/** A part on its way in; `write` any number of times, then one of the two ends. */
export interface PartSink {
  write(bytes: Uint8Array): Promise<void>;
  /** It is complete. @returns whether there was room for it */
  close(): Promise<boolean>;
  /** It is refused. */
  discard(): Promise<void>;
}

interface Kept {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const leastCharge = 64 * 1024;
const day = 86_400_000;
const hour = 3_600_000;
const copyBytes = 256 * 1024;

/** The spool; opened by its first use, which must have the directory to itself. */
export class PartSpool {
  /** All parts together, bytes. */
  readonly maxBytes: number;
  readonly #directory: string;
  readonly #maxAgeMs: number;
  readonly #fileSystem: FileSystem;
  readonly #clock: Clock;
  readonly #wants: Wants;
  readonly #kept = new Map<string, Kept>();
  readonly #listeners = new Set<() => void>();
  #opening: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: PartSpoolOptions) {
    this.#directory = options.directory;
    this.maxBytes = options.maxBytes ?? 256 * 1024 * 1024;
    this.#maxAgeMs = options.maxAgeMs ?? 14 * day;
    this.#fileSystem = options.fileSystem ?? nodeFileSystem;
    this.#clock = options.clock ?? systemClock;
    this.#wants = new Wants(this.#fileSystem, join(options.directory, "wanted"));
  }

  /** Takes a part in; hashed while it is written. */
  async openPart(): Promise<PartSink> {
    await this.#open();
    const path = join(this.#directory, `${randomUUID()}.new`);
    const handle = await this.#fileSystem.open(path, "create");
    const hash = createHash("sha256");
    let size = 0;
    const gathering = new Gathering(async (bytes) => {
      hash.update(bytes);
      await handle.write(bytes);
    });
    const discard = async (): Promise<void> => {
      await handle.close();
      await this.#fileSystem.remove(path);
    };
    return {
      async write(bytes) {
        size += bytes.length;
        await gathering.push(bytes);
      },
      close: async () => {
        try {
          await gathering.flush();
          await handle.sync();
          await handle.close();
          return await this.#inTurn(() => this.#admit(path, hash.digest("hex"), size));
        } catch (error) {
          await discard();
          throw error;
        }
      },
      discard,
    };
  }

  /** From now on these are not thrown away. @returns the want, with how often was asked for what is missing */
  async want({ archive, parts }: ArchiveParts): Promise<Want> {
    await this.#open();
    return this.#inTurn(async () => {
      const now = this.#clock.now().getTime();
      const known = this.#wants.get(archive);
      if (known !== undefined && now - known.wantedAt < hour) return known;
      const want: Want = { format: 1, ...known, archive, parts, wantedAt: now };
      await this.#wants.set(want);
      return want;
    });
  }

  /** Remembers how often was asked. */
  async noteAsked(archive: string, asked: Asked): Promise<void> {
    await this.#inTurn(async () => {
      const want = this.#wants.get(archive);
      if (want !== undefined) await this.#wants.set({ ...want, asked });
    });
  }

  /** Which of these are not here? Numbers, from 1. */
  async missing(parts: readonly string[]): Promise<number[]> {
    await this.#open();
    return parts.flatMap((sha256, at) => (this.#kept.has(sha256) ? [] : [at + 1]));
  }

  /** Opens a part that is here. */
  async read(sha256: string): Promise<FileHandle> {
    return this.#fileSystem.open(this.#path(sha256), "read");
  }

  /** Throws away those of them that are not what their names say any more. @returns how many */
  async dropDamaged(parts: readonly string[]): Promise<number> {
    return this.#inTurn(async () => {
      let dropped = 0;
      for (const sha256 of new Set(parts)) {
        if (!this.#kept.has(sha256) || (await this.#digest(sha256)) === sha256) continue;
        await this.#drop(sha256);
        dropped++;
      }
      return dropped;
    });
  }

  /** The archive is there: its parts, unless another archive wants them, are thrown away. */
  async release({ archive, parts }: ArchiveParts): Promise<void> {
    await this.#inTurn(async () => {
      await this.#wants.delete(archive);
      for (const sha256 of new Set(parts))
        if (this.#kept.has(sha256) && this.#wants.wantedAt(sha256) === undefined)
          await this.#drop(sha256);
    });
  }

  /** Calls the listener when the last missing part of a wanted archive has come. @returns ends that */
  onComplete(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #admit(temporary: string, sha256: string, size: number): Promise<boolean> {
    await this.#dropOld();
    const known = this.#kept.has(sha256);
    if (known || !(await this.#makeRoom(sha256, charge(size)))) {
      await this.#fileSystem.remove(temporary);
      return known;
    }
    await this.#fileSystem.rename(temporary, this.#path(sha256));
    await this.#fileSystem.syncDirectory(this.#directory);
    this.#kept.set(sha256, { size, at: this.#clock.now().getTime() });
    const completes = this.#wants
      .all()
      .some(({ parts }) => parts.includes(sha256) && parts.every((part) => this.#kept.has(part)));
    if (completes) for (const listener of this.#listeners) listener();
    return true;
  }

  /**
   * The oldest that nobody wants go first; for a wanted part also what was wanted once and then not for a day, because
   * its archive came in another way. Without any effect where that would not be enough.
   */
  async #makeRoom(sha256: string, bytes: number): Promise<boolean> {
    const stale =
      this.#wants.wantedAt(sha256) === undefined ? 0 : this.#clock.now().getTime() - day;
    const litter = [...this.#kept]
      .map(([name, kept]) => ({ name, ...kept, wantedAt: this.#wants.wantedAt(name) ?? 0 }))
      .filter(({ wantedAt }) => wantedAt <= stale)
      .toSorted((a, b) => a.wantedAt - b.wantedAt || a.at - b.at);
    let free = this.maxBytes - sum([...this.#kept.values()]);
    if (free + sum(litter) < bytes) return false;
    for (const { name, size } of litter) {
      if (free >= bytes) break;
      await this.#drop(name);
      free += charge(size);
    }
    return true;
  }

  async #dropOld(): Promise<void> {
    const oldest = this.#clock.now().getTime() - this.#maxAgeMs;
    for (const { archive, wantedAt } of this.#wants.all())
      if (wantedAt < oldest) await this.#wants.delete(archive);
    for (const [sha256, { at }] of this.#kept)
      if (at < oldest && this.#wants.wantedAt(sha256) === undefined) await this.#drop(sha256);
  }

  async #drop(sha256: string): Promise<void> {
    this.#kept.delete(sha256);
    await this.#fileSystem.remove(this.#path(sha256));
  }

  #path(sha256: string): string {
    return join(this.#directory, sha256);
  }

  #open(): Promise<void> {
    this.#opening ??= this.#load().catch((error: unknown) => {
      this.#opening = undefined; // a disk that was away may come back
      throw error;
    });
    return this.#opening;
  }

  async #load(): Promise<void> {
    await this.#fileSystem.makeDirectory(this.#directory);
    await this.#fileSystem.setMode(this.#directory, 0o700);
    await this.#wants.load();
    for (const name of await this.#fileSystem.list(this.#directory)) {
      if (name === "wanted") continue;
      const path = join(this.#directory, name);
      const facts = await this.#fileSystem.stat(path);
      if (/^[0-9a-f]{64}$/.test(name) && facts?.kind === "file")
        this.#kept.set(name, { size: facts.size, at: facts.modifiedAtMs });
      else await this.#fileSystem.remove(path); // what a kill cut off
    }
    await this.#dropOld();
  }

  async #digest(sha256: string): Promise<string> {
    const handle = await this.read(sha256);
    try {
      const hash = createHash("sha256");
      const piece = new Uint8Array(copyBytes);
      for (let at = 0; ;) {
        const count = await handle.read(piece, at);
        if (count === 0) return hash.digest("hex");
        hash.update(piece.subarray(0, count));
        at += count;
      }
    } finally {
      await handle.close();
    }
  }

  /** Several receivers put parts at once; room is given to one after the other. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function sum(parts: readonly Kept[]): number {
  return parts.reduce((all, { size }) => all + charge(size), 0);
}

function charge(size: number): number {
  return Math.max(size, leastCharge);
}
