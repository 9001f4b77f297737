/** Where a person works on files: the folder that names are relative to, and how long work is shown. */
import type { Sentence } from "../errors/index.ts";

/** A terminal, an editor, a test. */
export interface Desk {
  /** Absolute path. */
  readonly workingDirectory: string;
  readonly signal: AbortSignal;
  /** Begins to show a piece of work. @param label what is being done, such as `say("sealing")`. */
  follow(label: Sentence): Progress;
}

/** Shows how far one piece of work is. Both functions may be passed on by themselves. */
export interface Progress {
  readonly update: (done: number, total: number) => void;
  readonly stop: () => void;
}

/** Shows nothing. */
export const noProgress: Progress = { update: () => undefined, stop: () => undefined };
