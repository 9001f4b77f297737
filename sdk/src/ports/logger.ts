/** Where a part says what it does. Messages are for people; `fields` for machines. Never secrets. */
export interface Logger {
  /** @param level how loud. @param message one sentence. @param fields facts beside it. */
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** How loud. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Says nothing: the default wherever a Logger may be given. */
export const silentLogger: Logger = { log: () => undefined };
