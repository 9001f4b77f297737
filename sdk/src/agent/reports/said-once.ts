/**
 * A log in which what is said at every look, while something is waited for, is said once an hour: a disk that is full
 * or a window that is shut fills no log. Errors are always said.
 */
import type { Clock, Logger } from "../../ports/index.ts";

const againMs = 3_600_000;
/** Different things that are waited for at a time; the oldest is forgotten, and said again. */
const mostRemembered = 64;

/** Repeated sentences become `debug`. */
export function saidOnce(logger: Logger, clock: Clock): Logger {
  const saidAtMs = new Map<string, number>();
  return {
    log(level, message, fields) {
      if (level === "error" || level === "debug") return logger.log(level, message, fields);
      const nowMs = clock.now().getTime();
      const isFresh = Math.abs(nowMs - (saidAtMs.get(message) ?? -Infinity)) < againMs;
      if (isFresh) return logger.log("debug", message, fields);
      saidAtMs.delete(message);
      saidAtMs.set(message, nowMs);
      const [oldest] = saidAtMs.keys();
      if (saidAtMs.size > mostRemembered && oldest !== undefined) saidAtMs.delete(oldest);
      logger.log(level, message, fields);
    },
  };
}
