/** What pictures say: sentences, so that each is drawn in its reader's language, and how much room they take. */
import { say, type Sentence, type Tell } from "../../../errors/index.ts";
import { formatNumber } from "./words.ts";

/** What stands in a picture beside what is drawn. */
export interface PictureWords {
  /** Such as `press-control 3.0.0`. */
  readonly title: string;
  /** Default: in English. */
  readonly tell?: Tell;
}

/** Of every time axis. */
export const sinceAcceptance: Sentence = say("time since acceptance");

/** `1 machine`, `10 000 machines`. */
export function machinesOf(count: number): Sentence {
  return count === 1 ? say("1 machine") : say("{0} machines", formatNumber(count));
}

/** About how wide a line of text is, pixels. */
export function widthOf(text: string): number {
  return text.length * 7;
}
