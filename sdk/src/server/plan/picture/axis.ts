/** Axes with units, and as many marks as can be read. */
import { element, label, type Svg } from "./svg.ts";

/** A linear scale. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  at(value: number): number;
}

/** From values 0 … most to places `from` … `to`. */
export function scaleOf(most: number, from: number, to: number): Scale {
  return { from, to, at: (value) => from + (value / Math.max(most, 1e-9)) * (to - from) };
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const steps: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((count) => count * day),
];

/** Marks of a time axis from 0 to so many milliseconds, at round times. */
export function timeMarks(
  mostMs: number,
  atMost = 10,
): { readonly ms: number; readonly text: string }[] {
  const step = steps.find((ms) => mostMs / ms <= atMost) ?? mostMs;
  const marks: { ms: number; text: string }[] = [];
  for (let ms = 0; ms <= mostMs; ms += step) marks.push({ ms, text: markOf(ms, step) });
  return marks;
}

/** `0`, `30 s`, `5 min`, `1 h 30`, `2 h`, `1 d`. */
function markOf(ms: number, step: number): string {
  if (ms === 0) return "0";
  if (step % day === 0) return `${ms / day} d`;
  if (ms % hour === 0) return `${ms / hour} h`;
  if (ms > hour) return `${Math.floor(ms / hour)} h ${(ms % hour) / minute}`;
  return ms % minute === 0 ? `${ms / minute} min` : `${ms / second} s`;
}

/** A time axis along the bottom of a field, with its lines through it. */
export function timeAxis(
  x: Scale,
  mostMs: number,
  top: number,
  bottom: number,
  title: string,
): Svg[] {
  return [
    ...timeMarks(mostMs).flatMap(({ ms, text }) => [
      element("line", { class: "grid", x1: x.at(ms), x2: x.at(ms), y1: top, y2: bottom }),
      label(x.at(ms), bottom + 18, text, "soft", "middle"),
    ]),
    label(x.to, bottom + 36, title, "soft", "end"),
  ];
}

/** A round number above a value: 1, 2 or 5 times a power of ten. */
export function roundAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** Lines across a field with their values at its left. */
export function valueAxis(
  y: Scale,
  marks: readonly { readonly value: number; readonly text: string }[],
  left: number,
  right: number,
): Svg[] {
  return marks.flatMap(({ value, text }) => [
    element("line", { class: "grid", x1: left, x2: right, y1: y.at(value), y2: y.at(value) }),
    label(left - 8, y.at(value) + 4, text, "soft", "end"),
  ]);
}
