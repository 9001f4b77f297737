/**
 * Hears from a mailbox by IMAP. With IDLE the server tells of new mail within a second; every wait ends in a look, so
 * that nothing depends on it.
 *
 * - Of foreign mail one header field is asked for, once; only the source of mail that says it is ours is fetched.
 * - What was looked at, settled and still owed is kept on disk (imap/progress.ts), so a restart or a new UIDVALIDITY
 *   has no second effect.
 * - A server or network that goes away is waited for: 2 to 80 s, with jitter. A refused login is tried once in 15 min.
 */
import { join } from "node:path";
import {
  nodeFileSystem,
  silentLogger,
  type FileSystem,
  type Logger,
} from "../../../ports/index.ts";
import type { Receiver } from "../../../transport/index.ts";
import { addressOf, type MailServer } from "./connection/mail-server.ts";
import { ImapListener } from "./imap/listener.ts";
import type { ImapProcessing } from "./imap/processing.ts";
import { folderNamed } from "./imap/session.ts";
import { documents, type MailInterest } from "./interest.ts";
import type { MailLimits } from "./mime/limits.ts";

/** How a mailbox is heard from by IMAP. */
export interface ImapReceiverOptions {
  readonly server: MailServer;
  /** Private directory of this receiver alone: holds its progress and, for a while, mails. */
  readonly spoolDirectory: string;
  /** Folder that is watched; default `INBOX`. */
  readonly folder?: string;
  /** Look into the folder for spam too, at every poll; default false. */
  readonly junk?: boolean;
  /** What becomes of a handled mail; default `mark` (seen). */
  readonly processed?: "mark" | "delete" | { readonly moveTo: string };
  /** Pause between looks where there is no IDLE, and for the spam folder; default 60,000. */
  readonly pollMs?: number;
  /** How long an IDLE lasts; default 300,000. */
  readonly idleMs?: number;
  /** Pauses before connecting again; default 2,000 to 80,000. */
  readonly reconnectMs?: { readonly first: number; readonly longest: number };
  /**
   * When a mail that could not be read, or was yielded and not settled, is tried again; default 300,000, doubled each
   * time up to twelve times that.
   */
  readonly retryMs?: number;
  /** Which mail is taken; default documents of Outrider. */
  readonly interest?: MailInterest;
  /** Bounds other than the usual ones. */
  readonly limits?: Partial<MailLimits>;
  readonly fileSystem?: FileSystem;
  readonly logger?: Logger;
}

/** Hears from a mailbox by IMAP. @throws CONFIG_INVALID */
export function imapReceiver(options: ImapReceiverOptions): Receiver {
  const { server, spoolDirectory, fileSystem = nodeFileSystem, logger = silentLogger } = options;
  const address = addressOf(server, { implicit: 993, plain: 143 });
  const settings = {
    address,
    login: server.login,
    mailbox: `${server.login.user}@${address.host}:${address.port}`,
    spoolDirectory: join(spoolDirectory, "mail"),
    progressDirectory: spoolDirectory,
    folder: folderNamed(options.folder ?? "INBOX"),
    junk: options.junk ?? false,
    processing: processingOf(options.processed ?? "mark"),
    pollMs: options.pollMs ?? 60_000,
    idleMs: options.idleMs ?? 300_000,
    reconnectMs: options.reconnectMs ?? { first: 2000, longest: 80_000 },
    retryMs: options.retryMs ?? 300_000,
    interest: options.interest ?? documents,
    limits: options.limits ?? {},
    fileSystem,
    logger,
  };
  return {
    name: "email",
    receive: ({ signal }) => new ImapListener(settings).listen(signal),
  };
}

function processingOf(processed: NonNullable<ImapReceiverOptions["processed"]>): ImapProcessing {
  return typeof processed === "string"
    ? { kind: processed }
    : { kind: "move", folder: folderNamed(processed.moveTo) };
}
