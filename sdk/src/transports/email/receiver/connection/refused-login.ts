/** A login that was refused: servers lock out whoever tries again and again, so it rests, and that is said. */
import { isOutriderError } from "../../../../errors/index.ts";

/** How long it rests, milliseconds. */
export const loginRestMs = 900_000;

/** For the log: what happened, and when it is tried again; `undefined` for any other error. */
export function refusedLogin(error: unknown): string | undefined {
  if (!isOutriderError(error) || error.code !== "LOGIN_REFUSED") return undefined;
  return `${error.message} It is tried again in a quarter of an hour; password or token are read anew then.`;
}
