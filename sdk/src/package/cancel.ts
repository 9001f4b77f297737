/** Stopping in the middle. */
import { OutriderError } from "../errors/index.ts";

/** @throws CANCELLED once the signal is aborted */
export function checkCancelled(signal: AbortSignal | undefined, subject: string): void {
  if (signal?.aborted === true)
    throw new OutriderError("CANCELLED", `The work on ${subject} was cancelled.`, {
      subject,
      cause: signal.reason,
    });
}
