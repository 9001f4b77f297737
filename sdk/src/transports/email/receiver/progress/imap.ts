/**
 * What an IMAP receiver knows: how far each folder was looked through, what is still to be dealt with, what was settled
 * and is not yet marked there. UIDs hold only for one UIDVALIDITY; the tombstones hold for ever.
 */
import type { Logger } from "../../../../ports/index.ts";
import {
  countOf,
  listOf,
  recordOf,
  StateFile,
  textOf,
  type StatePlace,
  type StateRecord,
} from "./state-file.ts";
import { Tombstones } from "./tombstones.ts";

/** How a mail was settled. */
export type Verdict = "handled" | "ignored" | "refused";

/** Of one folder. */
export interface FolderProgress {
  readonly uidValidity: number;
  /** All mail up to this UID was looked at. */
  seenUid: number;
  /** What says that it is ours and is not settled. */
  readonly open: Set<number>;
  /** What is settled, and still to be marked, moved or deleted. */
  readonly owed: Map<number, "handled" | "refused">;
}

/** The progress in one mailbox. */
export class ImapProgress {
  readonly #file: StateFile;
  #folders = new Map<string, FolderProgress>();
  #settled = new Tombstones();

  private constructor(file: StateFile) {
    this.#file = file;
  }

  /** Reads what an earlier run has left. */
  static async load(place: StatePlace, logger: Logger): Promise<ImapProgress> {
    const progress = new ImapProgress(new StateFile(place));
    const stored = await progress.#file.load(readStored, logger);
    if (stored !== undefined) {
      progress.#folders = stored.folders;
      progress.#settled = stored.settled;
    }
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
    this.#settled.add(headerSha256);
  }

  /** Makes it durable. */
  async save(): Promise<void> {
    return this.#file.save(() => ({
      folders: [...this.#folders].map(([name, { uidValidity, seenUid, open, owed }]) => ({
        name,
        uidValidity,
        seenUid,
        open: [...open],
        owed: [...owed],
      })),
      settled: this.#settled.list(),
    }));
  }
}

function readStored({ folders, settled }: StateRecord): {
  readonly folders: Map<string, FolderProgress>;
  readonly settled: Tombstones;
} {
  return {
    folders: new Map(listOf(folders, readFolder)),
    settled: new Tombstones(listOf(settled, textOf)),
  };
}

function readFolder(value: unknown): [string, FolderProgress] {
  const { name, uidValidity, seenUid, open, owed } = recordOf(value);
  return [
    textOf(name),
    {
      uidValidity: countOf(uidValidity),
      seenUid: countOf(seenUid),
      open: new Set(listOf(open, countOf)),
      owed: new Map(
        listOf(owed, (pair) => {
          const [uid, verdict] = listOf(pair, (each) => each);
          return [countOf(uid), verdict === "handled" ? "handled" : "refused"];
        }),
      ),
    },
  ];
}
