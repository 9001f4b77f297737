/**
 * What a measurement tells: rows of the one table (ours against a named peer or limit of the same run), curves of how work
 * grows with its size, figures that have no peer, and peers that were not there.
 */
import { appendFileSync } from "node:fs";

/** How much or how fast; what happens a second is better when it is more, all else when it is less. */
export type Unit = "ms" | "s" | "MB" | "bytes" | "a second" | "%" | "exponent";

/** One line of the table. */
export interface Row {
  readonly kind: "row";
  /** What was measured, and how much of it. */
  readonly what: string;
  readonly unit: Unit;
  /** Median of the rounds. */
  readonly ours: number;
  readonly peer: string;
  /** The peer's median, or the limit. */
  readonly theirs: number;
  /** Median of the rounds' ratios, ours to theirs. */
  readonly ratio: number;
  /** The least and the largest ratio of a round. */
  readonly spread: readonly [least: number, most: number];
  readonly rounds: number;
  readonly aim?: Aim;
}

/** What the ratio should be. */
export type Aim = { readonly atMost: number } | { readonly atLeast: number };

/** How the time grows with the size. */
export interface Curve {
  readonly kind: "curve";
  readonly what: string;
  readonly sizes: readonly number[];
  /** Medians, in the order of the sizes. */
  readonly milliseconds: readonly number[];
  /** Of the power that fits: 1 where twice the work takes twice the time. */
  readonly exponent: number;
}

/** Something beside the ratios. */
export interface Figure {
  readonly kind: "figure";
  readonly what: string;
  /** With its unit. */
  readonly value: string;
}

/** A peer, or what a measurement needs, is not on this machine. */
export interface Missing {
  readonly kind: "missing";
  readonly what: string;
}

/** All that can be told. */
export type Told = Row | Curve | Figure | Missing;

/** What a comparison is of. */
export interface Comparison {
  readonly what: string;
  readonly unit: Unit;
  readonly peer: string;
  readonly aim?: Aim;
}

/** Both sides of one round, in the comparison's unit. */
export interface Round {
  readonly ours: number;
  readonly theirs: number;
}

/** The file that `bench/all.ts` reads what was told from. */
export const toldFileVariable = "OUTRIDER_BENCH_TOLD";

/** Tells a row. A limit is the same `theirs` in every round. */
export function compare(comparison: Comparison, rounds: readonly Round[]): void {
  tell(rowOf(comparison, rounds));
}

/** Tells a figure. */
export function figure(what: string, value: string): void {
  tell({ kind: "figure", what, value });
}

/** Tells what is not there. */
export function missing(what: string): void {
  tell({ kind: "missing", what });
}

/** Tells a curve, and its exponent as a row. */
export function curve(
  what: string,
  points: readonly { readonly size: number; readonly milliseconds: number }[],
): void {
  const sizes = points.map(({ size }) => size);
  const milliseconds = points.map((point) => point.milliseconds);
  const exponent = slope(sizes.map(Math.log), milliseconds.map(Math.log));
  tell({ kind: "curve", what, sizes, milliseconds, exponent });
  const comparison = { what: `growth: ${what}`, unit: "exponent", peer: "in proportion" } as const;
  compare(comparison, [{ ours: exponent, theirs: 1 }]);
}

/** The row of these rounds. */
export function rowOf(comparison: Comparison, rounds: readonly Round[]): Row {
  const ratios = rounds.map(({ ours, theirs }) => ours / theirs);
  return {
    kind: "row",
    ...comparison,
    ours: median(rounds.map(({ ours }) => ours)),
    theirs: median(rounds.map(({ theirs }) => theirs)),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
    rounds: rounds.length,
  };
}

/** The middle one; of an even number the upper of the two. */
export function median(figures: readonly number[]): number {
  return figures.toSorted((one, other) => one - other)[figures.length >> 1] ?? Number.NaN;
}

/** Least squares. */
function slope(xs: readonly number[], ys: readonly number[]): number {
  const mean = (all: readonly number[]): number => all.reduce((sum, n) => sum + n, 0) / all.length;
  const [x, y] = [mean(xs), mean(ys)];
  const over = xs.reduce((sum, at, index) => sum + (at - x) * ((ys[index] ?? 0) - y), 0);
  return over / xs.reduce((sum, at) => sum + (at - x) ** 2, 0);
}

/** To `bench/all.ts` if that runs us, and to whoever watches. */
function tell(told: Told): void {
  const file = process.env[toldFileVariable];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(told)}\n`);
  process.stderr.write(`  ${lineOf(told)}\n`);
}

function lineOf(told: Told): string {
  switch (told.kind) {
    case "row":
      return `${told.what}: ${told.ratio.toFixed(2)} of ${told.peer} (${amount(told.ours, told.unit)} to ${amount(told.theirs, told.unit)})`;
    case "curve":
      return `${told.what}: ${told.milliseconds.map((ms) => amount(ms, "ms")).join(", ")}`;
    case "figure":
      return `${told.what}: ${told.value}`;
    case "missing":
      return `!!! NOT MEASURED: ${told.what} !!!`;
  }
}

/** A figure with its unit, three digits of it. */
export function amount(figure: number, unit: Unit): string {
  const shown =
    Math.abs(figure) >= 100
      ? Math.round(figure).toLocaleString("en")
      : String(Number(figure.toPrecision(3)));
  return unit === "exponent" ? shown : `${shown} ${unit}`;
}
