/**
 * What a mailbox's receiver knows, kept over restarts: how far each folder was looked through, what is still to be dealt
 * with, what was settled and is not yet marked there, and the headers of what was settled (tombstones).
 *
 * UIDs hold only for one UIDVALIDITY; the tombstones hold for ever, so that a mailbox that was rebuilt or a mail that
 * somebody moved has no second effect. A header's octets cannot be foreseen by others (Received), a Message-ID can.
 */
import { join } from "node:path";
import { isOutriderError } from "../../../../errors/index.ts";
import { readWhole, syncedWrite, type FileSystem, type Logger } from "../../../../ports/index.ts";

/** How a mail was settled. */
export type Verdict = "handled" | "ignored" | "refused";

/** Of one folder. */
export interface FolderProgress {
  uidValidity: number;
  /** All mail up to this UID was looked at. */
  seenUid: number;
  /** What says that it is ours and is not settled. */
  readonly open: Set<number>;
  /** What is settled, and still to be marked, moved or deleted. */
  readonly owed: Map<number, "handled" | "refused">;
}

const maxFileBytes = 16 * 1024 * 1024;
const maxTombstones = 2000;

/** The progress in one mailbox. */
export class ImapProgress {
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #mailbox: string;
  #folders = new Map<string, FolderProgress>();
  #settled = new Set<string>();
  #saving: Promise<void> = Promise.resolve();

  private constructor(fileSystem: FileSystem, path: string, mailbox: string) {
    this.#fileSystem = fileSystem;
    this.#path = path;
    this.#mailbox = mailbox;
  }

  /** Reads what an earlier run has left; what cannot be read, or is of another mailbox, counts as nothing. */
  static async load(
    fileSystem: FileSystem,
    directory: string,
    mailbox: string,
    logger: Logger,
  ): Promise<ImapProgress> {
    const progress = new ImapProgress(fileSystem, join(directory, "progress.json"), mailbox);
    await progress.#load(logger);
    return progress;
  }

  /** Of a folder that is selected now; begun anew where its UIDs became others. */
  select(name: string, uidValidity: number, uidNext: number | undefined): FolderProgress {
    const known = this.#folders.get(name);
    // A UIDNEXT that fell is a mailbox that was put back from a copy.
    const fell = known !== undefined && uidNext !== undefined && uidNext <= known.seenUid;
    if (known !== undefined && known.uidValidity === uidValidity && !fell) return known;
    const folder = { uidValidity, seenUid: 0, open: new Set<number>(), owed: new Map() };
    this.#folders.set(name, folder);
    return folder;
  }

  /** Was a mail with this header settled before? */
  isSettled(headerSha256: string): boolean {
    return this.#settled.has(headerSha256);
  }

  /** Notes that a mail was settled. */
  settle(folder: FolderProgress, uid: number, headerSha256: string, verdict: Verdict): void {
    folder.open.delete(uid);
    if (verdict !== "ignored") folder.owed.set(uid, verdict);
    this.#settled.delete(headerSha256);
    this.#settled.add(headerSha256);
    for (const oldest of this.#settled) {
      if (this.#settled.size <= maxTombstones) break;
      this.#settled.delete(oldest);
    }
  }

  /** Makes it durable. */
  async save(): Promise<void> {
    const saving = this.#saving.then(() => this.#write());
    this.#saving = saving.catch(() => undefined);
    return saving;
  }

  async #write(): Promise<void> {
    const folders = [...this.#folders].map(([name, { uidValidity, seenUid, open, owed }]) => ({
      name,
      uidValidity,
      seenUid,
      open: [...open],
      owed: [...owed],
    }));
    const text = JSON.stringify({ mailbox: this.#mailbox, folders, settled: [...this.#settled] });
    await syncedWrite(this.#fileSystem, this.#path, Buffer.from(text));
  }

  async #load(logger: Logger): Promise<void> {
    if ((await this.#fileSystem.stat(this.#path)) === undefined) return;
    try {
      const bytes = await readWhole(this.#fileSystem, this.#path, maxFileBytes);
      const stored = storedProgress(JSON.parse(Buffer.from(bytes).toString()));
      if (stored.mailbox !== this.#mailbox) return;
      this.#folders = stored.folders;
      this.#settled = stored.settled;
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError || isOutriderError(error)))
        throw error;
      logger.log("warn", `${this.#path} cannot be used; the mailbox is looked through once more.`, {
        cause: error.message,
      });
    }
  }
}

interface StoredProgress {
  readonly mailbox: unknown;
  readonly folders: Map<string, FolderProgress>;
  readonly settled: Set<string>;
}

/** @throws TypeError for what is not of this form */
function storedProgress(value: unknown): StoredProgress {
  const { mailbox, folders, settled } = record(value);
  const entries = list(folders).map((each): [string, FolderProgress] => {
    const { name, uidValidity, seenUid, open, owed } = record(each);
    const progress: FolderProgress = {
      uidValidity: uid(uidValidity),
      seenUid: uid(seenUid),
      open: new Set(list(open).map(uid)),
      owed: new Map(
        list(owed).map((pair) => {
          const [number, verdict] = list(pair);
          return [uid(number), verdict === "handled" ? "handled" : "refused"];
        }),
      ),
    };
    return [String(name), progress];
  });
  return { mailbox, folders: new Map(entries), settled: new Set(list(settled).map(String)) };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new TypeError("something is no object");
  return value as Readonly<Record<string, unknown>>;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("something is no list");
  return value;
}

function uid(value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0)
    throw new TypeError("something is no UID");
  return value;
}
