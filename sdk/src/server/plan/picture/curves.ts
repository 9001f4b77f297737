/** A simulation as a picture: how far it is, above; what that takes of relay, line and store, below. */
import type { Curve, PartFound, SimulationResult } from "../simulation/findings.ts";
import { roundAbove, scaleOf, timeAxis, valueAxis, type Scale } from "./axis.ts";
import { element, label, picture, type Colour, type Svg } from "./svg.ts";
import { formatDuration, formatNumber, formatQuantity } from "./words.ts";

/** What stands in the picture beside the result. */
export interface SimulationWords {
  readonly title: string;
}

const width = 1000;
const left = 84;
const right = 800;
const top = 100;
const upperHeight = 300;
const laneHeight = 84;
const laneGap = 30;

const levels = [
  { curve: "told", colour: "grey", text: "told" },
  { curve: "installed", colour: "green", text: "installed" },
  { curve: "reported", colour: "blue", text: "answered" },
  { curve: "broken", colour: "red", text: "failed" },
] as const satisfies readonly {
  readonly curve: Curve;
  readonly colour: Colour;
  readonly text: string;
}[];

const rates = [
  { curve: "messageRate", part: "relay", colour: "purple", text: "mails to the relay", unit: "/s" },
  {
    curve: "mailRate",
    part: "relayLine",
    colour: "purple",
    text: "bytes to the relay",
    unit: "B/s",
  },
  {
    curve: "lineRate",
    part: "line",
    colour: "orange",
    text: "packages fetched",
    unit: "B/s",
  },
  { curve: "receiptRate", part: "store", colour: "blue", text: "receipts booked", unit: "/s" },
] as const satisfies readonly {
  readonly curve: Curve;
  readonly part: PartFound["part"];
  readonly colour: Colour;
  readonly text: string;
  readonly unit: string;
}[];

/** Draws it. @returns SVG, readable on light and on dark. */
export function drawSimulation(result: SimulationResult, words: SimulationWords): string {
  const shownMs = shownTime(result);
  const x = scaleOf(shownMs, left, right);
  const lanes = rates.filter(({ curve }) => result.curves[curve].values.some((value) => value > 0));
  const upperBottom = top + upperHeight;
  const bottom = upperBottom + lanes.length * (laneHeight + laneGap);
  const summary = describe(result);
  return picture(
    { width, height: bottom + 56 },
    { title: `${words.title}, simulated`, description: summary },
    label(24, 36, words.title, "title"),
    label(24, 58, summary, "soft"),
    ...legend(),
    ...drawLevels(result, x, shownMs),
    ...lanes.flatMap((lane, index) =>
      drawRate(result, lane, x, shownMs, upperBottom + laneGap + index * (laneHeight + laneGap)),
    ),
    ...timeAxis(x, shownMs, top, bottom),
  );
}

/** The tail of machines that are off for days would squeeze everything else. */
function shownTime({ installed, endedMs, pauses }: SimulationResult): number {
  const reached = installed.p99 ?? installed.p95 ?? installed.half;
  const interesting = reached ?? (pauses[0] === undefined ? endedMs : pauses[0].atMs * 6);
  return Math.min(endedMs, Math.max(60_000, interesting * 1.15));
}

function drawLevels(result: SimulationResult, x: Scale, shownMs: number): Svg[] {
  const bottom = top + upperHeight;
  const most = mostShown(result);
  const y = scaleOf(most, bottom, top);
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => ({
    value: part * most,
    text: most === result.machines ? `${part * 100} %` : formatNumber(part * most),
  }));
  const ends = levels.map(({ curve, colour, text }) => ({
    colour,
    text,
    value: valueAt(result, curve, shownMs),
    path: pathOf(result, curve, x, y, shownMs),
  }));
  return [
    ...valueAxis(y, marks, left, right),
    label(24, top - 14, most === result.machines ? "share of all machines" : "machines", "soft"),
    ...result.pauses.flatMap(({ atMs }, index) =>
      atMs > shownMs || index > 2 ? [] : drawPause(x.at(atMs), bottom),
    ),
    ...ends.map(({ path, colour }) =>
      element("path", {
        class: `curve line-${colour}`,
        d: path,
        "stroke-width": colour === "green" ? 4.5 : 1.8,
      }),
    ),
    ...times(result, x, y, shownMs),
    ...spreadOut(ends, y).map(({ colour, text, value, at }) =>
      element(
        "g",
        {},
        element("circle", { class: `fill-${colour}`, cx: right + 10, cy: at - 4, r: 4 }),
        label(right + 20, at, `${formatNumber(value)} ${text}`, "ink"),
      ),
    ),
  ];
}

/** All machines; of a release that was stopped early, what it reached. */
function mostShown({ machines, counts }: SimulationResult): number {
  return counts.told >= machines / 4 ? machines : roundAbove(Math.max(counts.told, 1));
}

/** Where 50, 95 and 99 of 100 have it. */
function times(
  { installed, machines }: SimulationResult,
  x: Scale,
  y: Scale,
  shownMs: number,
): Svg[] {
  return (
    [
      ["50 %", installed.half, 0.5],
      ["95 %", installed.p95, 0.95],
      ["99 %", installed.p99, 0.99],
    ] as const
  ).flatMap(([text, ms, share]) => {
    if (ms === undefined || ms > shownMs) return [];
    const [cx, cy] = [x.at(ms), y.at(share * machines)];
    const isLate = cx > (x.from + 2 * x.to) / 3;
    return [
      element("circle", { class: "fill-green", cx, cy, r: 4.5 }),
      label(
        cx + (isLate ? -4 : 10),
        cy + 22,
        `${text} after ${formatDuration(ms)}`,
        "name",
        isLate ? "end" : "start",
      ),
    ];
  });
}

function drawPause(x: number, bottom: number): Svg[] {
  return [
    element("line", { class: "limit line-red", x1: x, x2: x, y1: top, y2: bottom }),
    label(x + 6, top + 14, "pauses itself", "name"),
  ];
}

function drawRate(
  result: SimulationResult,
  { curve, part, colour, text, unit }: (typeof rates)[number],
  x: Scale,
  shownMs: number,
  laneTop: number,
): Svg[] {
  const bottom = laneTop + laneHeight;
  const { limit = 0, peak = 0 } = result.parts.find((found) => found.part === part) ?? {};
  // A limit that is far away would flatten the curve.
  const isLimitShown = limit > 0 && limit <= peak * 4;
  const highest = result.curves[curve].values.reduce((one, other) => Math.max(one, other), peak);
  const most = roundAbove(Math.max(highest, isLimitShown ? limit : 0));
  const y = scaleOf(most, bottom, laneTop);
  const path = pathOf(result, curve, x, y, shownMs);
  const marks = [0, most].map((value) => ({ value, text: formatQuantity(value, unit) }));
  return [
    ...valueAxis(y, marks, left, right),
    element("path", {
      class: `area fill-${colour}`,
      d: `${path}V${Math.round(bottom * 100) / 100}H${left}Z`,
    }),
    element("path", { class: `curve line-${colour}`, d: path, "stroke-width": 1.5 }),
    ...(isLimitShown
      ? [
          element("line", {
            class: "limit line-red",
            x1: left,
            x2: right,
            y1: y.at(limit),
            y2: y.at(limit),
          }),
        ]
      : []),
    label(right + 16, laneTop + 18, text, "name"),
    label(right + 16, laneTop + 36, `peak ${formatQuantity(peak, unit)}`, "ink"),
    label(right + 16, laneTop + 54, `bears ${formatQuantity(limit, unit)}`, "soft"),
  ];
}

function pathOf(
  result: SimulationResult,
  curve: Curve,
  x: Scale,
  y: Scale,
  shownMs: number,
): string {
  const { seconds, values } = result.curves[curve];
  let [lastX, lastY] = [x.from, y.at(0)];
  const pieces = [`M${tenth(lastX)} ${tenth(lastY)}`];
  for (const [index, value] of values.entries()) {
    const ms = (seconds[index] ?? 0) * 1000;
    if (ms > shownMs) break;
    const [nextX, nextY] = [x.at(ms), y.at(value)];
    // Nobody sees a step of less than a pixel.
    if (nextX - lastX < 1 && Math.abs(nextY - lastY) < 1) continue;
    pieces.push(`L${tenth(nextX)} ${tenth(nextY)}`);
    [lastX, lastY] = [nextX, nextY];
  }
  return pieces.join("");
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function valueAt({ curves }: SimulationResult, curve: Curve, ms: number): number {
  const { seconds, values } = curves[curve];
  const later = seconds.findIndex((second) => second * 1000 >= ms);
  return values.at(later) ?? 0; // -1, where it has ended before, is the last one
}

/** Places of labels beside the ends of the curves, none over another. */
function spreadOut<T extends { readonly value: number }>(
  ends: readonly T[],
  y: Scale,
): (T & { readonly at: number })[] {
  let above = -Infinity;
  return ends
    .toSorted((one, other) => other.value - one.value)
    .map((end) => {
      above = Math.max(above + 18, y.at(end.value) + 4);
      return { ...end, at: above };
    });
}

function legend(): Svg[] {
  let x = left + 220;
  const y = 84;
  return levels.flatMap(({ colour, text }) => {
    const piece = [
      element("line", {
        class: `curve line-${colour}`,
        "stroke-width": 2.5,
        x1: x,
        x2: x + 18,
        y1: y - 4,
        y2: y - 4,
      }),
      label(x + 24, y, text, "ink"),
    ];
    x += 50 + text.length * 7;
    return piece;
  });
}

function describe({
  machines,
  standsFor,
  installed,
  counts,
  pauses,
  state,
}: SimulationResult): string {
  const each = standsFor === 1 ? "" : `, each simulated one standing for ${standsFor}`;
  const [pause] = pauses;
  const course =
    pause === undefined
      ? `99 % have it after ${installed.p99 === undefined ? "more than was simulated" : formatDuration(installed.p99)}`
      : `pauses itself after ${formatDuration(pause.atMs)}, when ${formatNumber(pause.told)} have been told; it has failed on ${formatNumber(counts.broken)} in the end`;
  return `${formatNumber(machines)} machines${each}: ${course}${state === "finished" ? "" : ` (${state})`}`;
}
