/** What an error says of a deployment: may it pass by itself, and how is it kept. */
import { isOutriderError } from "../../errors/index.ts";
import type { Failure } from "../memory/journal.ts";

/** I/O faults, and everything that may pass by itself: to be done again, not to be given up. */
export function isPassing(error: unknown): boolean {
  if (isOutriderError(error)) return error.retryable || error.code === "REQUIREMENT";
  return typeof (error as NodeJS.ErrnoException).syscall === "string";
}

/** An error as the journal keeps it. */
export function failureOf(error: unknown, work: string): Failure {
  if (isOutriderError(error)) return { code: error.code, step: error.step, message: error.message };
  const code = isPassing(error) ? "FILE_UNREADABLE" : "DEPLOY_FAILED";
  return {
    code,
    step: work === "obtain" ? "obtain" : "deploy",
    message: error instanceof Error ? error.message : String(error),
  };
}
