/**
 * What failures of a connection to PostgreSQL mean, and how long one waits for it to come back.
 *
 * Codes are those of the PostgreSQL manual, appendix A, and our own of a host that is passed over. A server that ends,
 * starts or has become a standby is waited for; a deadlock or a failed serialisation is the database's request to do
 * the same again.
 */
import { setTimeout as pause } from "node:timers/promises";
import { OutriderError, isOutriderError } from "../../errors/index.ts";

const comeAgain: ReadonlySet<string> = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
]);
const away: ReadonlySet<string> = new Set([
  "25006", // read_only_sql_transaction: a standby
  "53300", // too_many_connections
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT", // the socket's file
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
]);
/** One host of several is not to be used, and another may be. */
export class HostFault extends Error {
  override readonly name = "HostFault";
  readonly code: "HOST_STANDBY" | "HOST_WITHOUT_DATABASE";

  constructor(code: HostFault["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What `pg` says without a code. */
const awayInWords = /^Connection terminated|timeout exceeded when trying to connect|not queryable/;

const firstPauseMs = 50;
const longestPauseMs = 2000;

/** The connection is gone, or what it leads to cannot be written now. */
export function isAway(error: unknown): boolean {
  if (error instanceof HostFault) return true;
  const { code = "", message = "" } = error as {
    readonly code?: string;
    readonly message?: string;
  };
  return away.has(code) || code.startsWith("08") || awayInWords.test(message);
}

/** The transaction was rolled back by the database and may be done again as it was. */
export function isToRepeat(error: unknown): boolean {
  return comeAgain.has((error as { readonly code?: string }).code ?? "");
}

/** A unique index holds such a row already. @param index its name */
export function isTaken(error: unknown, index: string): boolean {
  const { code, constraint } = error as { readonly code?: string; readonly constraint?: string };
  return code === "23505" && constraint === index;
}

/**
 * Does it, and again after growing pauses while `mayRepeat` says so, for as long as patience lasts.
 *
 * @throws STORE_FAILED for what the database says; errors that are ours pass
 */
export async function patiently<T>(
  work: () => Promise<T>,
  options: {
    /** The database, without its password, for people. */
    readonly subject: string;
    readonly patienceMs: number;
    readonly mayRepeat: (error: unknown) => boolean;
  },
): Promise<T> {
  const untilMs = performance.now() + options.patienceMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await work();
    } catch (cause) {
      if (isOutriderError(cause)) throw cause;
      if (!options.mayRepeat(cause) || performance.now() + pauseMs > untilMs)
        throw new OutriderError(
          "STORE_FAILED",
          `The store ${options.subject} refused: ${(cause as Error).message || String((cause as { code?: string }).code)}.`,
          { subject: options.subject, cause },
        );
    }
    await pause(pauseMs * (0.5 + Math.random() / 2));
  }
}
