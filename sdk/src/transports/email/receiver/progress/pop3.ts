/**
 * What a POP3 receiver knows: which mail it has looked at, what is still to be dealt with, what is still to be deleted.
 */
import type { Logger } from "../../../../ports/index.ts";
import { listOf, StateFile, textOf, type StatePlace } from "./state-file.ts";
import { Tombstones } from "./tombstones.ts";

/** The progress in one mailbox; mail is named by its UIDL. */
export class Pop3Progress {
  readonly #file: StateFile;
  #known = new Set<string>();
  #open = new Set<string>();
  #owed = new Set<string>();
  #settled = new Tombstones();

  private constructor(file: StateFile) {
    this.#file = file;
  }

  /** Reads what an earlier run has left. */
  static async load(place: StatePlace, logger: Logger): Promise<Pop3Progress> {
    const progress = new Pop3Progress(new StateFile(place));
    await progress.#file.load(({ known, open, owed, settled }) => {
      const [first, second, third] = [known, open, owed].map(
        (names) => new Set(listOf(names, textOf)),
      );
      progress.#settled = new Tombstones(listOf(settled, textOf));
      progress.#known = first ?? new Set();
      progress.#open = second ?? new Set();
      progress.#owed = third ?? new Set();
    }, logger);
    return progress;
  }

  /** What says that it is ours and is not settled, in the order of its arrival. */
  get open(): ReadonlySet<string> {
    return this.#open;
  }

  /** What is still to be deleted. */
  get owed(): ReadonlySet<string> {
    return this.#owed;
  }

  /** Forgets what is not in the mailbox any more. */
  keepOnly(there: ReadonlySet<string>): void {
    for (const names of [this.#known, this.#open, this.#owed])
      for (const name of names) if (!there.has(name)) names.delete(name);
  }

  /** Was it looked at? */
  knows(name: string): boolean {
    return this.#known.has(name);
  }

  /** Notes that it was looked at. */
  note(name: string, isOurs: boolean): void {
    this.#known.add(name);
    if (isOurs) this.#open.add(name);
  }

  /** Was a mail with this header settled before? */
  isSettled(headerSha256: string): boolean {
    return this.#settled.has(headerSha256);
  }

  /** Notes that a mail was settled. @returns `false` if it was before */
  settle(name: string, headerSha256: string, isOwed: boolean): boolean {
    if (!this.#open.delete(name)) return false;
    if (isOwed) this.#owed.add(name);
    if (headerSha256 !== "") this.#settled.add(headerSha256); // a mail that was never fetched
    return true;
  }

  /** Makes it durable. */
  async save(): Promise<void> {
    return this.#file.save(() => ({
      known: [...this.#known],
      open: [...this.#open],
      owed: [...this.#owed],
      settled: this.#settled.list(),
    }));
  }
}
