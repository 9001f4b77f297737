/**
 * What a server says of its own accord of why a deployment stands where it does: a closed set, so that whoever shows it
 * can say it in another language. What a person wrote is none of it, and stays as it is.
 */

/** The sentences; `{0}` stands for the first value. */
export const ownReasons = {
  approval: "a second person must approve",
  done: "every wave is done",
  expired: "the trigger expired at {0}",
  waveStarts: "wave {0} starts",
  waveReached: "{0} of {1} in wave {2} are installed",
  waveDone: "wave {0} is done",
  silent: "no answer for {0} s",
  tooManyFailed: "wave {0}: {1} failed and {2} did not answer, of {3}: more than {4} %",
  tooFewInstalled: "wave {0}: {1} of {2} are installed: fewer than {3} %",
  manual: "manual",
  schedule: "schedule",
  watch: "watch",
  webhook: "webhook",
  combination: "combination",
} as const;

/** One of them with its values, in English. */
export function sayReason(
  name: keyof typeof ownReasons,
  ...values: readonly (string | number)[]
): string {
  return ownReasons[name].replaceAll(/\{(\d)\}/g, (_whole, at: string) =>
    String(values[Number(at)] ?? ""),
  );
}

/** Which of them a text is, and its values; `undefined` for a person's words. */
export function readReason(
  text: string,
): { readonly sentence: string; readonly values: readonly string[] } | undefined {
  for (const sentence of Object.values(ownReasons)) {
    const match = new RegExp(`^${sentence.replaceAll(/\{\d\}/g, "(.+)")}$`).exec(text);
    if (match !== null) return { sentence, values: match.slice(1) };
  }
  return undefined;
}
