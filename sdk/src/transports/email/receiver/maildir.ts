/**
 * Hears from a Maildir: `new/` is polled (change events do not cross mounts); what was dealt with moves to `cur/` as seen.
 *
 * Foreign mail is left exactly as it is: its names are remembered, so that it is looked at once. Mail that says it is
 * ours and cannot be read in one way only is reported, marked and never deleted.
 */
import { join } from "node:path";
import { isOutriderError, OutriderError } from "../../../errors/index.ts";
import {
  nodeFileSystem,
  silentLogger,
  type FileSystem,
  type Logger,
} from "../../../ports/index.ts";
import { nextPauseMs, pause, type Incoming, type Receiver } from "../../../transport/index.ts";
import { takeMail, type MailIntake } from "./incoming.ts";
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
  /** What becomes of a handled mail; default `mark` (seen). */
  readonly processed?: "mark" | "delete";
  /** Bounds other than the usual ones. */
  readonly limits?: Partial<MailLimits>;
  readonly fileSystem?: FileSystem;
  readonly logger?: Logger;
}

// Windows has no colon in file names; there the usual stand-in is a semicolon.
const seenMark = process.platform === "win32" ? ";2,S" : ":2,S";

/** Hears from a Maildir. */
export function maildirReceiver(options: MaildirReceiverOptions): Receiver {
  const { path, fileSystem = nodeFileSystem, logger = silentLogger } = options;
  const pacing = { pollMs: options.pollMs ?? 5000 };
  const spool = new Spool(fileSystem, options.spoolDirectory);
  const intake: MailIntake =
    options.limits === undefined ? { spool } : { spool, limits: options.limits };
  const fresh = join(path, "new");
  const current = join(path, "cur");

  return {
    name: "email",
    async *receive({ signal }) {
      await spool.empty();
      if ((await fileSystem.stat(fresh).catch(() => undefined))?.kind !== "directory")
        throw new OutriderError("UNAVAILABLE", `${path} is no Maildir: it has no folder "new".`, {
          subject: path,
        });
      /** Names that need no second look: foreign mail, and ours that is on its way. */
      let known = new Set<string>();
      let faults = 0;
      while (!signal.aborted) {
        const names = await look();
        known = new Set(names.filter((name) => known.has(name)));
        for (const name of names) {
          if (signal.aborted) return;
          if (known.has(name)) continue;
          known.add(name);
          const incoming = await take(name, () => known.delete(name));
          if (incoming !== undefined) yield incoming;
        }
        if (!signal.aborted) await pause(nextPauseMs(pacing, faults), signal);
      }

      async function look(): Promise<string[]> {
        try {
          const names = await fileSystem.list(fresh);
          faults = 0;
          return names.filter((name) => !name.startsWith(".")); // Maildir: dot files are no mail
        } catch (error) {
          logger.log(faults++ === 0 ? "warn" : "debug", `${fresh} cannot be read.`, {
            cause: (error as Error).message,
          });
          return [...known]; // still there, for all that is known
        }
      }
    },
  };

  async function take(name: string, forget: () => void): Promise<Incoming | undefined> {
    const file = join(fresh, name);
    try {
      if ((await fileSystem.stat(file))?.kind !== "file") return undefined;
      const handle = await fileSystem.open(file, "read");
      try {
        return await takeMail(handle, file, intake, (verdict) => settle(name, verdict));
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (isOutriderError(error) && !error.retryable) {
        logger.log("warn", error.message, { code: error.code, origin: file });
        await settle(name, "refused");
      } else {
        logger.log("warn", `${file} cannot be read; it is tried again.`, {
          cause: (error as Error).message,
        });
        forget();
      }
      return undefined;
    }
  }

  async function settle(name: string, verdict: "handled" | "ignored" | "refused"): Promise<void> {
    if (verdict === "ignored") return; // somebody else's: left as it is, and remembered
    const file = join(fresh, name);
    if ((await fileSystem.stat(file)) === undefined) return; // dealt with already, or a mail program was faster
    if (verdict === "handled" && options.processed === "delete") return fileSystem.remove(file);
    await fileSystem.makeDirectory(current);
    const plain = name.replace(/[:;]2,[A-Za-z]*$/, "");
    await fileSystem.rename(file, join(current, `${plain}${seenMark}`));
  }
}
