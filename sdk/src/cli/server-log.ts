/**
 * The Logger of `serve`: lines for a person on a terminal; else one JSON object a line (pino), for journald and
 * whatever collects logs. What is named like a secret is never written, whoever passes it.
 */
import { pino, stdSerializers, stdTimeFunctions } from "pino";
import type { Logger } from "../ports/index.ts";
import type { Terminal } from "./io.ts";
import { terminalLogger } from "./logging.ts";

/** Names of members that hold secrets, here and one level down. */
const secrets = [
  "authorization",
  "passphrase",
  "password",
  "privateKey",
  "secret",
  "secretAccessKey",
  "secretKey",
  "token",
];

/** Logs to standard error. */
export function serverLogger(terminal: Terminal): Logger {
  if (terminal.interactive) return terminalLogger(terminal);
  const log = pino(
    {
      base: null,
      messageKey: "message",
      errorKey: "error",
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { error: stdSerializers.errWithCause },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: "[secret]" },
    },
    terminal.stderr,
  );
  return { log: (level, message, fields) => log[level]({ ...fields }, message) };
}
