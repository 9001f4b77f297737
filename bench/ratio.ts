/** A ratio of ours to a named peer's or limit, for the one table that `pnpm bench` prints of all scripts. */
import { appendFileSync } from "node:fs";

/** One row. */
export interface Ratio {
  /** What was measured, and how much of it. */
  readonly what: string;
  /** The peer or limit in the same run. */
  readonly peer: string;
  /** Ours to theirs. */
  readonly ratio: number;
  /** Such as `<= 0.40`. */
  readonly aim?: string;
}

/** Tells it to `bench/all.ts`, if that runs us: it names a file. */
export function tellRatio(ratio: Ratio): void {
  const file = process.env["OUTRIDER_BENCH_RATIOS"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(ratio)}\n`);
}
