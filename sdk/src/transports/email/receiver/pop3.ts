/**
 * Hears from a mailbox by POP3, which can neither push nor mark: it is polled, and what was dealt with is remembered
 * here, or deleted there.
 *
 * Of foreign mail the header is looked at once. A handled mail is deleted only in a session that ends in order.
 */
import {
  nodeFileSystem,
  silentLogger,
  type FileSystem,
  type Logger,
} from "../../../ports/index.ts";
import type { Receiver } from "../../../transport/index.ts";
import { addressOf, type MailServer, type PasswordLogin } from "./connection/mail-server.ts";
import { documents, type MailInterest } from "./interest.ts";
import type { MailLimits } from "./mime/limits.ts";
import { Pop3Listener } from "./pop3/listener.ts";

/** How a mailbox is heard from by POP3. */
export interface Pop3ReceiverOptions {
  readonly server: Omit<MailServer, "login"> & { readonly login: PasswordLogin };
  /** Private directory of this receiver alone: holds its progress and, for a while, mails. */
  readonly spoolDirectory: string;
  /** What becomes of a handled mail; default `mark` (remembered here, it stays there). */
  readonly processed?: "mark" | "delete";
  /** Pause between looks; default 60,000, ± 20 %. */
  readonly pollMs?: number;
  /** Longest pause while the server is away; default ten times `pollMs`. */
  readonly maxBackoffMs?: number;
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

/** Hears from a mailbox by POP3. @throws CONFIG_INVALID */
export function pop3Receiver(options: Pop3ReceiverOptions): Receiver {
  const { server, pollMs = 60_000 } = options;
  const address = addressOf(server, { implicit: 995, plain: 110 });
  const settings = {
    address,
    login: server.login,
    mailbox: `${server.login.user}@${address.host}:${address.port}`,
    directory: options.spoolDirectory,
    processed: options.processed ?? "mark",
    pollMs,
    maxBackoffMs: options.maxBackoffMs ?? pollMs * 10,
    retryMs: options.retryMs ?? 300_000,
    interest: options.interest ?? documents,
    limits: options.limits ?? {},
    fileSystem: options.fileSystem ?? nodeFileSystem,
    logger: options.logger ?? silentLogger,
  };
  return {
    name: "email",
    receive: ({ signal }) => new Pop3Listener(settings).listen(signal),
  };
}
