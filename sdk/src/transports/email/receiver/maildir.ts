/**
 * Hears from a Maildir: `new/` is polled (change events do not cross mounts), `cur/` gets what was dealt with.
 *
 * Foreign mail is left exactly as it is: its names are remembered, so that it is looked at once. Mail that says it is
 * ours and cannot be read in one way only is reported, marked and never deleted.
 */
import { isOutriderError } from "../../../errors/index.ts";
import {
  nodeFileSystem,
  silentLogger,
  type FileSystem,
  type Logger,
} from "../../../ports/index.ts";
import { nextPauseMs, pause, type Incoming, type Receiver } from "../../../transport/index.ts";
import { takeMail } from "./incoming.ts";
import { documents, type MailInterest } from "./interest.ts";
import { MaildirFolder, type Processed } from "./maildir-folder.ts";
import type { MailLimits } from "./mime/limits.ts";
import { Spool } from "./spool.ts";

/** How a Maildir is heard from. */
export interface MaildirReceiverOptions {
  /** The Maildir: holds `new`, `cur` and `tmp`. */
  readonly path: string;
  /** Private directory of this receiver alone: emptied when it starts. */
  readonly spoolDirectory: string;
  /** Pause between looks; default 5,000, ± 20 %. */
  readonly pollMs?: number;
  /** When a mail that could not be read, or was yielded and not settled, is tried again; default 300,000. */
  readonly retryMs?: number;
  /** What becomes of a handled mail; default `mark` (seen). */
  readonly processed?: Processed;
  /** Which mail is taken; default documents of Outrider. */
  readonly interest?: MailInterest;
  /** Bounds other than the usual ones. */
  readonly limits?: Partial<MailLimits>;
  readonly fileSystem?: FileSystem;
  readonly logger?: Logger;
}

/** A mail that was looked at. */
interface Known {
  /** On the clock of `performance.now()`; foreign mail never. */
  againAt: number;
  /** What was yielded of it and not settled. */
  pending?: Incoming;
}

/** Hears from a Maildir. */
export function maildirReceiver(options: MaildirReceiverOptions): Receiver {
  return {
    name: "email",
    receive: ({ signal }) => new MaildirListener(options).listen(signal),
  };
}

class MaildirListener {
  readonly #options: MaildirReceiverOptions;
  readonly #folder: MaildirFolder;
  readonly #spool: Spool;
  readonly #logger: Logger;
  readonly #retryMs: number;
  readonly #known = new Map<string, Known>();
  #faults = 0;

  constructor(options: MaildirReceiverOptions) {
    const { fileSystem = nodeFileSystem, path, processed = "mark" } = options;
    this.#options = options;
    this.#folder = new MaildirFolder(fileSystem, path, processed);
    this.#spool = new Spool(fileSystem, options.spoolDirectory);
    this.#logger = options.logger ?? silentLogger;
    this.#retryMs = options.retryMs ?? 300_000;
  }

  async *listen(signal: AbortSignal): AsyncGenerator<Incoming> {
    await this.#folder.check();
    await this.#spool.empty();
    while (!signal.aborted) {
      for (const name of await this.#look()) {
        if (signal.aborted) return;
        const known = this.#known.get(name) ?? { againAt: 0 };
        if (known.againAt > performance.now()) continue;
        this.#known.set(name, known);
        await known.pending?.settle("ignored"); // gives its archive in the spool back
        known.againAt = Infinity;
        const incoming = await this.#take(name, known);
        if (incoming === undefined) continue;
        known.pending = incoming;
        yield incoming;
        if (known.pending !== undefined) known.againAt = performance.now() + this.#retryMs;
      }
      const pacing = { pollMs: this.#options.pollMs ?? 5000 };
      if (!signal.aborted) await pause(nextPauseMs(pacing, this.#faults), signal);
    }
  }

  /** Names in `new/`; what has left it is forgotten. */
  async #look(): Promise<readonly string[]> {
    try {
      const names = await this.#folder.list();
      const there = new Set(names);
      for (const name of this.#known.keys()) if (!there.has(name)) this.#known.delete(name);
      this.#faults = 0;
      return names;
    } catch (error) {
      this.#logger.log(
        this.#faults++ === 0 ? "warn" : "debug",
        `${this.#folder.fresh} cannot be read.`,
        {
          cause: (error as Error).message,
        },
      );
      return [];
    }
  }

  async #take(name: string, known: Known): Promise<Incoming | undefined> {
    const origin = this.#folder.pathOf(name);
    const { interest = documents, limits = {} } = this.#options;
    const intake = { spool: this.#spool, interest, limits };
    try {
      const file = await this.#folder.open(name);
      if (file === undefined) return undefined;
      try {
        return await takeMail(file, origin, intake, async (verdict) => {
          delete known.pending;
          await this.#folder.settle(name, verdict);
        });
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isOutriderError(error) && !error.retryable) {
        this.#logger.log("warn", error.message, { code: error.code, origin });
        await this.#folder.settle(name, "refused");
      } else {
        this.#logger.log("warn", `${origin} cannot be read; it is tried again.`, {
          cause: (error as Error).message,
        });
        known.againAt = performance.now() + this.#retryMs;
      }
      return undefined;
    }
  }
}
