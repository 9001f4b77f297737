/** Stopping in the middle. */
import { OutriderError, say } from "../errors/index.ts";

/** @throws CANCELLED once the signal is aborted */
export function checkCancelled(signal: AbortSignal | undefined, subject: string): void {
  if (signal?.aborted === true)
    throw new OutriderError("CANCELLED", say("The work on {0} was cancelled.", subject), {
      subject,
      cause: signal.reason,
    });
}
