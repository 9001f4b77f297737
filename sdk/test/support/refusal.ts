/** For tests that ask how something was refused. */
import { isOutriderError, type ErrorCode } from "../../src/errors/index.ts";

/** The code with which it was refused, or `accepted`. What is not an OutriderError fails the test. */
export function verdictOf(act: () => unknown): ErrorCode | "accepted" {
  try {
    act();
    return "accepted";
  } catch (error) {
    if (isOutriderError(error)) return error.code;
    throw error;
  }
}
