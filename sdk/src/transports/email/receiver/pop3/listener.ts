/**
 * The course of a POP3 receiver: a short session that looks at what is new and fetches a few of ours, then the mails
 * are dealt with while nobody is kept out of the mailbox, then the next session deletes what was handled.
 */
import { join } from "node:path";
import { isOutriderError } from "../../../../errors/index.ts";
import type { FileSystem, Logger } from "../../../../ports/index.ts";
import { nextPauseMs, pause, type Incoming } from "../../../../transport/index.ts";
import type { MailServerAddress, PasswordLogin } from "../connection/mail-server.ts";
import { loginRestMs, refusedLogin } from "../connection/refused-login.ts";
import type { MailInterest } from "../interest.ts";
import { defaultLimits, tooMuch, type MailLimits } from "../mime/limits.ts";
import { Pop3Progress } from "../progress/pop3.ts";
import { takeSource } from "../source-file.ts";
import { Spool } from "../spool.ts";
import { Pop3Session, type ListedMail } from "./session.ts";

/** Everything decided. */
export interface Pop3Settings {
  readonly address: MailServerAddress;
  readonly login: PasswordLogin;
  /** Whose progress it is. */
  readonly mailbox: string;
  readonly directory: string;
  readonly processed: "mark" | "delete";
  readonly pollMs: number;
  readonly maxBackoffMs: number;
  readonly retryMs: number;
  readonly interest: MailInterest;
  readonly limits: Partial<MailLimits>;
  readonly fileSystem: FileSystem;
  readonly logger: Logger;
}

/** A mail that was taken and not settled. */
interface Attempt {
  readonly againAt: number;
  readonly tries: number;
  readonly attachment?: string;
}

/** Mails looked at before progress is made durable. */
const batchMails = 1000;
/** Mails fetched in one session. */
const maxFetched = 16;
/** After so much no further mail is fetched in a session. */
const maxFetchedBytes = 32 * 1024 * 1024;

/** One call of `receive`. */
export class Pop3Listener {
  readonly #settings: Pop3Settings;
  readonly #spool: Spool;
  /** When an open mail is tried again, on the clock of `performance.now()`; what it holds in the spool until then. */
  readonly #attempts = new Map<string, Attempt>();

  constructor(settings: Pop3Settings) {
    this.#settings = settings;
    this.#spool = new Spool(settings.fileSystem, join(settings.directory, "mail"));
  }

  async *listen(signal: AbortSignal): AsyncGenerator<Incoming> {
    const { fileSystem, directory, mailbox, logger, pollMs, maxBackoffMs } = this.#settings;
    await this.#spool.empty();
    const path = join(directory, "progress.json");
    const progress = await Pop3Progress.load({ fileSystem, path, mailbox }, logger);
    for (let faults = 0; !signal.aborted;) {
      let isMore = false;
      let refused: string | undefined;
      try {
        const fetched = await this.#session(progress, signal);
        faults = 0;
        isMore = fetched.length > 0;
        yield* fetched;
      } catch (error) {
        if (signal.aborted) return;
        refused = refusedLogin(error);
        const isNews = faults++ === 0 || refused !== undefined;
        const message = error instanceof Error ? error.message : String(error);
        logger.log(isNews ? "warn" : "debug", refused ?? message);
      }
      if (isMore) continue;
      const pauseMs =
        refused === undefined
          ? nextPauseMs({ pollMs, maxBackoffMs }, faults)
          : nextPauseMs({ pollMs: loginRestMs }, 0);
      await pause(pauseMs, signal);
    }
  }

  async #session(progress: Pop3Progress, signal: AbortSignal): Promise<Incoming[]> {
    const session = await Pop3Session.open(this.#settings.address, this.#settings.login, signal);
    try {
      const listed = await session.list();
      progress.keepOnly(new Set(listed.map(({ name }) => name)));
      const deleted = listed.filter(({ name }) => progress.owed.has(name));
      for (const mail of deleted) await session.delete(mail);
      await this.#look(session, progress, listed);
      const fetched = await this.#fetch(session, progress, listed);
      await session.quit();
      return fetched;
    } finally {
      session.close();
    }
  }

  async #look(
    session: Pop3Session,
    progress: Pop3Progress,
    listed: readonly ListedMail[],
  ): Promise<void> {
    const fresh = listed.filter(({ name }) => !progress.knows(name));
    for (let at = 0; at < fresh.length; at += batchMails) {
      const batch = fresh.slice(at, at + batchMails);
      const ours = new Set(await session.recognize(batch, this.#settings.interest));
      for (const mail of batch) progress.note(mail.name, ours.has(mail));
      await progress.save();
    }
  }

  async #fetch(
    session: Pop3Session,
    progress: Pop3Progress,
    listed: readonly ListedMail[],
  ): Promise<Incoming[]> {
    const fetched: Incoming[] = [];
    let bytes = 0;
    for (const mail of listed) {
      if (!progress.open.has(mail.name)) continue;
      const known = this.#attempts.get(mail.name);
      if (known !== undefined && known.againAt > performance.now()) continue;
      if (known?.attachment !== undefined) await this.#spool.remove(known.attachment);
      const size = await session.size(mail);
      const incoming = await this.#take(session, progress, mail, size);
      const attachment = incoming?.attachment?.path;
      const { retryMs } = this.#settings;
      const tries = (known?.tries ?? 0) + 1;
      if (progress.open.has(mail.name))
        this.#attempts.set(mail.name, {
          againAt:
            performance.now() +
            nextPauseMs({ pollMs: retryMs, maxBackoffMs: 12 * retryMs }, tries - 1),
          tries,
          ...(attachment === undefined ? {} : { attachment }),
        });
      if (incoming !== undefined) fetched.push(incoming);
      bytes += size;
      if (fetched.length >= maxFetched || bytes >= maxFetchedBytes) break;
    }
    return fetched;
  }

  async #take(
    session: Pop3Session,
    progress: Pop3Progress,
    mail: ListedMail,
    size: number,
  ): Promise<Incoming | undefined> {
    const { interest, limits, fileSystem, logger, mailbox, processed } = this.#settings;
    const origin = `${mailbox} ${mail.name}`;
    const { maxMailBytes } = { ...defaultLimits, ...limits };
    let header = "";
    const settle: Incoming["settle"] = async (verdict) => {
      this.#attempts.delete(mail.name);
      const isOwed = verdict === "handled" && processed === "delete";
      if (progress.settle(mail.name, header, isOwed)) await progress.save();
    };
    try {
      if (size > maxMailBytes) throw tooMuch(`it has ${size} bytes; ${maxMailBytes} are allowed`);
      const incoming = await takeSource(
        async (write) => (header = await session.source(mail, write)),
        { spool: this.#spool, origin, interest, limits, fileSystem },
        settle,
      );
      if (incoming !== undefined && !progress.isSettled(header)) return incoming;
      // Not ours after all, or under a new name what was settled under another.
      if (incoming === undefined) await settle("ignored");
      else await incoming.settle("ignored");
    } catch (error) {
      if (isOutriderError(error) && error.retryable) throw error; // the connection's end
      const message = error instanceof Error ? error.message : String(error);
      logger.log("warn", isOutriderError(error) ? message : `${origin} cannot be read.`, {
        origin,
        ...(isOutriderError(error) ? { code: error.code } : { cause: message }),
      });
      if (isOutriderError(error)) await settle("refused");
    }
    return undefined;
  }
}
