/**
 * The course of an IMAP receiver: connect, look through the folders, wait, look again; after a fault, connect again.
 *
 * While a mail is being dealt with nothing is read from the server; settling touches only the disk, and what is owed to
 * the mailbox is done at the next look.
 */
import { join } from "node:path";
import { isOutriderError } from "../../../../errors/index.ts";
import type { FileSystem, Logger } from "../../../../ports/index.ts";
import { nextPauseMs, pause, type Incoming } from "../../../../transport/index.ts";
import type { MailLogin, MailServerAddress } from "../connection/mail-server.ts";
import { loginRestMs, refusedLogin } from "../connection/refused-login.ts";
import type { MailInterest } from "../interest.ts";
import { defaultLimits, tooMuch, type MailLimits } from "../mime/limits.ts";
import { ImapProgress, type FolderProgress, type Verdict } from "../progress/imap.ts";
import { takeSource } from "../source-file.ts";
import { Spool } from "../spool.ts";
import { payOwed, type ImapProcessing } from "./processing.ts";
import { folderListed, ImapSession, type FolderName, type MailFacts } from "./session.ts";

/** Everything decided. */
export interface ImapSettings {
  readonly address: MailServerAddress;
  readonly login: MailLogin;
  /** Whose progress it is. */
  readonly mailbox: string;
  readonly spoolDirectory: string;
  readonly progressDirectory: string;
  readonly folder: FolderName;
  readonly junk: boolean;
  readonly processing: ImapProcessing;
  readonly pollMs: number;
  readonly idleMs: number;
  readonly reconnectMs: { readonly first: number; readonly longest: number };
  readonly retryMs: number;
  readonly interest: MailInterest;
  readonly limits: Partial<MailLimits>;
  readonly fileSystem: FileSystem;
  readonly logger: Logger;
}

/** A folder that is selected. */
interface Place {
  readonly name: FolderName;
  readonly folder: FolderProgress;
  readonly progress: ImapProgress;
}

/** A mail that is open. */
interface Attempt {
  /** On the clock of `performance.now()`. */
  againAt: number;
  /** How often the connection ended over it. */
  broke: number;
  /** How often it was taken and not settled. */
  tries: number;
  /** What an Incoming that nobody settled holds in the spool. */
  attachment?: string;
}

/** Mails whose field is asked for at once; progress is made durable after each batch. */
const batchMails = 500;
/** A connection that lasted so long was a good one. */
const goodSessionMs = 60_000;

/** One call of `receive`. */
export class ImapListener {
  readonly #settings: ImapSettings;
  readonly #spool: Spool;
  readonly #attempts = new WeakMap<FolderProgress, Map<number, Attempt>>();
  #interrupt = Promise.withResolvers<void>();

  constructor(settings: ImapSettings) {
    this.#settings = settings;
    this.#spool = new Spool(settings.fileSystem, settings.spoolDirectory);
  }

  async *listen(signal: AbortSignal): AsyncGenerator<Incoming> {
    const { fileSystem, progressDirectory, mailbox, logger, reconnectMs } = this.#settings;
    await this.#spool.empty();
    const path = join(progressDirectory, "progress.json");
    const progress = await ImapProgress.load({ fileSystem, path, mailbox }, logger);
    for (let faults = 0; !signal.aborted; faults++) {
      const startedAt = performance.now();
      let refused: string | undefined;
      try {
        yield* this.#session(progress, signal);
      } catch (error) {
        if (signal.aborted) return;
        refused = refusedLogin(error);
        const isNews = faults === 0 || refused !== undefined;
        logger.log(isNews ? "warn" : "debug", refused ?? messageOf(error));
      }
      if (performance.now() - startedAt > goodSessionMs) faults = 0;
      const { first, longest } = reconnectMs;
      await pause(
        refused === undefined
          ? nextPauseMs({ pollMs: first, maxBackoffMs: longest }, faults)
          : nextPauseMs({ pollMs: loginRestMs }, 0),
        signal,
      );
    }
  }

  async *#session(progress: ImapProgress, signal: AbortSignal): AsyncGenerator<Incoming> {
    const { address, login, folder, mailbox, logger } = this.#settings;
    const session = await ImapSession.open(address, login, signal);
    try {
      logger.log("info", `Listening to ${mailbox}.`);
      const others = await this.#otherFolders(session);
      let watched: Place | undefined;
      while (!signal.aborted) {
        const places: Place[] = [];
        for (const name of others) {
          const place = await select(session, name, progress);
          places.push(place);
          yield* this.#look(session, place);
        }
        // The folder that is watched comes last, and stays selected.
        if (watched === undefined || others.length > 0)
          watched = await select(session, folder, progress);
        yield* this.#look(session, watched);
        await this.#wait(session, [...places, watched], signal);
      }
    } finally {
      session.close();
    }
  }

  async #otherFolders(session: ImapSession): Promise<readonly FolderName[]> {
    if (!this.#settings.junk) return [];
    const name = await session.junkFolder();
    if (name !== undefined) return [folderListed(name)];
    this.#settings.logger.log("warn", "The mailbox has no folder for spam to look into.");
    return [];
  }

  /** Looks through what is new, then takes what is open. */
  async *#look(session: ImapSession, place: Place): AsyncGenerator<Incoming> {
    const { folder, progress } = place;
    yield* this.#takeOpen(session, place);
    const uids = await session.uidsFrom(folder.seenUid + 1);
    for (let at = 0; at < uids.length; at += batchMails) {
      const batch = uids.slice(at, at + batchMails);
      const [first, last] = [batch[0] ?? 0, batch.at(-1) ?? 0];
      for (const uid of await session.recognize(first, last, this.#settings.interest))
        folder.open.add(uid);
      folder.seenUid = last;
      await progress.save();
      yield* this.#takeOpen(session, place);
    }
  }

  async *#takeOpen(session: ImapSession, place: Place): AsyncGenerator<Incoming> {
    const { processing, logger } = this.#settings;
    for (const uid of place.folder.open) {
      const incoming = await this.#attempt(session, place, uid);
      if (incoming !== undefined) yield incoming;
    }
    await payOwed(session, place, processing, logger);
  }

  /** One open mail, if its time has come. A connection that ends over it is forgiven once. */
  async #attempt(session: ImapSession, place: Place, uid: number): Promise<Incoming | undefined> {
    const attempt = this.#attemptsIn(place).get(uid) ?? { againAt: 0, broke: 0, tries: 0 };
    if (attempt.againAt > performance.now()) return undefined;
    this.#attemptsIn(place).set(uid, attempt);
    if (attempt.attachment !== undefined) await this.#spool.remove(attempt.attachment);
    const { retryMs } = this.#settings;
    const pacing = { pollMs: retryMs, maxBackoffMs: 12 * retryMs };
    attempt.againAt =
      attempt.broke++ === 0 ? 0 : performance.now() + nextPauseMs(pacing, attempt.tries);
    const facts = await session.facts(uid);
    const settle = this.#settling(place, uid, facts);
    let incoming: Incoming | undefined;
    if (facts === undefined) await settle("ignored");
    // Marked and never deleted: it was not read this time.
    else if (place.progress.isSettled(facts.headerSha256)) await settle("refused");
    else incoming = await this.#take(session, { place, uid, size: facts.size }, settle);
    attempt.broke = 0;
    attempt.againAt = performance.now() + nextPauseMs(pacing, attempt.tries++);
    if (incoming?.attachment !== undefined) attempt.attachment = incoming.attachment.path;
    return incoming;
  }

  /** Settling touches only the disk. */
  #settling(
    place: Place,
    uid: number,
    facts: MailFacts | undefined,
  ): (verdict: Verdict) => Promise<void> {
    const { folder, progress } = place;
    return async (verdict) => {
      if (!folder.open.delete(uid)) return; // twice, or the folder's UIDs became others
      this.#attemptsIn(place).delete(uid);
      if (facts !== undefined) progress.settle(folder, uid, facts.headerSha256, verdict);
      await progress.save();
      this.#interrupt.resolve();
    };
  }

  /** @throws UNAVAILABLE; a fault that is not the server's leaves the mail open */
  async #take(
    session: ImapSession,
    { place, uid, size }: { readonly place: Place; readonly uid: number; readonly size: number },
    settle: (verdict: Verdict) => Promise<void>,
  ): Promise<Incoming | undefined> {
    const { interest, limits, fileSystem, logger, mailbox } = this.#settings;
    const origin = `${mailbox} ${place.name.name} ${uid}`;
    const { maxMailBytes } = { ...defaultLimits, ...limits };
    try {
      if (size > maxMailBytes) throw tooMuch(`it has ${size} bytes; ${maxMailBytes} are allowed`);
      const incoming = await takeSource(
        (write) => session.source(uid, write),
        { spool: this.#spool, origin, interest, limits, fileSystem },
        settle,
      );
      if (incoming === undefined) await settle("ignored");
      return incoming;
    } catch (error) {
      if (!isOutriderError(error)) {
        logger.log("warn", `${origin} cannot be read; it is tried again.`, {
          cause: (error as Error).message,
        });
        return undefined;
      }
      if (error.retryable) throw error; // the connection's end
      logger.log("warn", error.message, { code: error.code, origin });
      await settle("refused");
      return undefined;
    }
  }

  /** Until there is news, something was settled, or it is time to look anyway. */
  async #wait(session: ImapSession, places: readonly Place[], signal: AbortSignal): Promise<void> {
    if (session.takeNews() || places.at(-1)?.folder.owed.size !== 0) return;
    const { pollMs, idleMs } = this.#settings;
    const dueMs = Math.min(...places.map((place) => this.#msUntilRetry(place)));
    this.#interrupt = Promise.withResolvers<void>();
    const { promise: interrupt } = this.#interrupt;
    if (session.hasIdle) {
      const ms = places.length > 1 ? nextPauseMs({ pollMs }, 0) : idleMs;
      return session.idle(Math.min(dueMs, ms), interrupt);
    }
    const waking = new AbortController();
    void interrupt.then(() => waking.abort());
    const woken = AbortSignal.any([signal, waking.signal]);
    await pause(Math.min(dueMs, nextPauseMs({ pollMs }, 0)), woken);
    if (!signal.aborted) await session.noop();
  }

  #msUntilRetry(place: Place): number {
    let ms = Infinity;
    for (const uid of place.folder.open) {
      const { againAt = 0 } = this.#attemptsIn(place).get(uid) ?? {};
      ms = Math.min(ms, Math.max(againAt - performance.now(), 0));
    }
    return ms;
  }

  #attemptsIn({ folder }: Place): Map<number, Attempt> {
    const attempts = this.#attempts.get(folder) ?? new Map<number, Attempt>();
    this.#attempts.set(folder, attempts);
    return attempts;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function select(
  session: ImapSession,
  name: FolderName,
  progress: ImapProgress,
): Promise<Place> {
  const { uidValidity, uidNext } = await session.select(name);
  return { name, folder: progress.select(name.name, uidValidity, uidNext), progress };
}
