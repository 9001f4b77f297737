/** What a look at one thing found. */
import { isOutriderError } from "../../../errors/index.ts";

/** One line of the report. */
export interface Finding {
  /** What was looked at: `trust`, `receiver unc`. */
  readonly check: string;
  /** good; doubtful: it works, but look at it; bad: the agent cannot do its work like this. */
  readonly verdict: "good" | "doubtful" | "bad";
  /** What was found. */
  readonly detail: string;
  /** What to do about it; absent where all is good. */
  readonly remedy?: string;
}

/** All is well. */
export function good(check: string, detail: string): Finding {
  return { check, verdict: "good", detail };
}

/** It works, but somebody should look at it. */
export function doubtful(check: string, detail: string, remedy: string): Finding {
  return { check, verdict: "doubtful", detail, remedy };
}

/** It does not work. */
export function bad(check: string, detail: string, remedy: string): Finding {
  return { check, verdict: "bad", detail, remedy };
}

/** Looks, and takes what is thrown for a bad finding. */
export async function look(
  check: string,
  remedy: string,
  work: () => Promise<Finding>,
): Promise<Finding> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const code = isOutriderError(error) ? `${error.code}: ` : "";
    return bad(check, `${code}${message}`, remedy);
  }
}
