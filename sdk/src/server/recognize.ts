/**
 * Fig. 3, step 62: is this a trigger at all? Looks at the pre-established field in the first bytes and at nothing else,
 * so that a flood of anything costs next to nothing (THREATS T1, T6). Total: it never throws. Not ours is no error:
 * step 63.
 */
import { recognize, type Recognized } from "../messages/index.ts";
import type { RawTrigger } from "./raw.ts";

declare const step: unique symbol;

/** Bytes that begin like a trigger; nothing else is known of them. */
export interface RecognizedTrigger extends RawTrigger {
  readonly [step]: "recognized";
  readonly message: Recognized<"trigger/1">;
}

/** @returns `undefined` for what is not ours. */
export function recognizeTrigger(raw: RawTrigger): RecognizedTrigger | undefined {
  const message = recognize(raw.bytes, "trigger/1");
  return message === undefined ? undefined : ({ ...raw, message } as RecognizedTrigger);
}
