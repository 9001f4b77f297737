/** What a receiver keeps over restarts: one JSON file, written whole; one that cannot be used counts as none. */
import { isOutriderError } from "../../../../errors/index.ts";
import { readWhole, syncedWrite, type FileSystem, type Logger } from "../../../../ports/index.ts";

const maxFileBytes = 64 * 1024 * 1024;

/** Where it lies, and whose it is. */
export interface StatePlace {
  readonly fileSystem: FileSystem;
  readonly path: string;
  /** The state of another mailbox counts as none. */
  readonly mailbox: string;
}

/** The file. */
export class StateFile {
  readonly #place: StatePlace;
  #saving: Promise<void> = Promise.resolve();

  constructor(place: StatePlace) {
    this.#place = place;
  }

  /**
   * Reads it.
   *
   * @param read throws TypeError for what is not of the right form.
   */
  async load<T>(read: (value: StateRecord) => T, logger: Logger): Promise<T | undefined> {
    const { fileSystem, path, mailbox } = this.#place;
    if ((await fileSystem.stat(path)) === undefined) return undefined;
    try {
      const bytes = await readWhole(fileSystem, path, maxFileBytes);
      const value = recordOf(JSON.parse(Buffer.from(bytes).toString()));
      return value.mailbox === mailbox ? read(value) : undefined;
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError || isOutriderError(error)))
        throw error;
      logger.log("warn", `${path} cannot be used; the mailbox is looked through once more.`, {
        cause: error.message,
      });
      return undefined;
    }
  }

  /** Makes the state durable; one write at a time, each of what holds when its turn comes. */
  async save(state: () => object): Promise<void> {
    const { fileSystem, path, mailbox } = this.#place;
    const saving = this.#saving.then(() =>
      syncedWrite(fileSystem, path, Buffer.from(JSON.stringify({ mailbox, ...state() }))),
    );
    this.#saving = saving.catch(() => undefined);
    return saving;
  }
}

/** An object of which nothing is known. */
export type StateRecord = Readonly<Record<string, unknown>>;

/** @throws TypeError */
export function recordOf(value: unknown): StateRecord {
  if (typeof value !== "object" || value === null) throw new TypeError("something is no object");
  return value as StateRecord;
}

/** @throws TypeError */
export function listOf<T>(value: unknown, read: (each: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new TypeError("something is no list");
  return value.map((each) => read(each));
}

/** @throws TypeError */
export function textOf(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("something is no text");
  return value;
}

/** @throws TypeError for anything but an integer from 0 */
export function countOf(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw new TypeError("something is no number");
  return value;
}
