/**
 * Which parts a verified notification has asked for: one durable file per archive, so that a restart forgets neither
 * what may not be thrown away nor how often was asked for it.
 */
import { join } from "node:path";
import { readWhole, syncedWrite, type FileSystem } from "../../ports/index.ts";
import { parseJson } from "../../schema/index.ts";

/** An archive, cut: digests of its parts in order, as a verified notification lists them. */
export interface ArchiveParts {
  /** SHA-256 of the whole. */
  readonly archive: string;
  /** SHA-256 of each part, part 1 first. */
  readonly parts: readonly string[];
}

/** How often what is missing was asked for. Times are milliseconds since 1970. */
export interface Asked {
  /** Parts that were missing when last looked. */
  readonly missing: number;
  /** When that number last fell. */
  readonly progressAt: number;
  /** Requests since then. */
  readonly requests: number;
  readonly requestedAt?: number;
}

/** One wanted archive. */
export interface Want extends ArchiveParts {
  readonly format: 1;
  /** When it was last wanted, to the hour. Milliseconds since 1970. */
  readonly wantedAt: number;
  readonly asked?: Asked;
}

const maxWantBytes = 1024 * 1024;
const name = /^([0-9a-f]{64})\.json$/;

/** The wanted archives, over their folder. */
export class Wants {
  readonly #fileSystem: FileSystem;
  readonly #directory: string;
  readonly #wants = new Map<string, Want>();
  /** Part → when it was last wanted. */
  #parts = new Map<string, number>();

  constructor(fileSystem: FileSystem, directory: string) {
    this.#fileSystem = fileSystem;
    this.#directory = directory;
  }

  /** Reads the folder; a damaged file is a want that its deployment will utter again. */
  async load(): Promise<void> {
    await this.#fileSystem.makeDirectory(this.#directory);
    for (const file of await this.#fileSystem.list(this.#directory)) {
      const archive = name.exec(file)?.[1];
      const want = archive === undefined ? undefined : await this.#read(archive);
      if (want?.format === 1 && want.archive === archive) this.#wants.set(archive, want);
      else await this.#fileSystem.remove(join(this.#directory, file));
    }
    this.#count();
  }

  /** When a part was last wanted; `undefined` if it is not. Milliseconds since 1970. */
  wantedAt(part: string): number | undefined {
    return this.#parts.get(part);
  }

  /** The want for an archive. */
  get(archive: string): Want | undefined {
    return this.#wants.get(archive);
  }

  /** All of them. */
  all(): Want[] {
    return [...this.#wants.values()];
  }

  /** Writes it durably. */
  async set(want: Want): Promise<void> {
    await syncedWrite(
      this.#fileSystem,
      this.#path(want.archive),
      Buffer.from(JSON.stringify(want)),
    );
    this.#wants.set(want.archive, want);
    this.#count();
  }

  /** Forgets it. */
  async delete(archive: string): Promise<void> {
    await this.#fileSystem.remove(this.#path(archive));
    this.#wants.delete(archive);
    this.#count();
  }

  #count(): void {
    this.#parts = new Map();
    for (const { parts, wantedAt } of this.all())
      for (const part of parts)
        this.#parts.set(part, Math.max(wantedAt, this.#parts.get(part) ?? 0));
  }

  #path(archive: string): string {
    return join(this.#directory, `${archive}.json`);
  }

  async #read(archive: string): Promise<Want | undefined> {
    try {
      const bytes = await readWhole(this.#fileSystem, this.#path(archive), maxWantBytes);
      return parseJson(bytes, archive) as Want;
    } catch {
      return undefined;
    }
  }
}
