/** A simulation as a picture: how far it is, above; what that takes of relay, line and store, below. */
import { inEnglish, say, type Sentence, type Tell } from "../../../errors/index.ts";
import type { Curve, PartFound, SimulationResult } from "../simulation/findings.ts";
import { roundAbove, scaleOf, timeAxis, valueAxis, type Scale } from "./axis.ts";
import { machinesOf, sinceAcceptance, widthOf, type PictureWords } from "./spoken.ts";
import { element, label, picture, type Colour, type Svg } from "./svg.ts";
import { formatDuration, formatNumber, formatQuantity } from "./words.ts";

const width = 1000;
const left = 84;
const right = 800;
const top = 100;
const upperHeight = 300;
const laneHeight = 84;
const laneGap = 30;

const levels = [
  { curve: "told", colour: "grey", text: say("told") },
  { curve: "installed", colour: "green", text: say("installed") },
  { curve: "reported", colour: "blue", text: say("answered") },
  { curve: "broken", colour: "red", text: say("failed") },
] as const satisfies readonly {
  readonly curve: Curve;
  readonly colour: Colour;
  readonly text: Sentence;
}[];

const rates = [
  {
    curve: "messageRate",
    part: "relay",
    colour: "purple",
    text: say("mails to the relay"),
    unit: "/s",
  },
  {
    curve: "mailRate",
    part: "relayLine",
    colour: "purple",
    text: say("bytes to the relay"),
    unit: "B/s",
  },
  {
    curve: "lineRate",
    part: "line",
    colour: "orange",
    text: say("packages fetched"),
    unit: "B/s",
  },
  { curve: "receiptRate", part: "store", colour: "blue", text: say("receipts booked"), unit: "/s" },
] as const satisfies readonly {
  readonly curve: Curve;
  readonly part: PartFound["part"];
  readonly colour: Colour;
  readonly text: Sentence;
  readonly unit: string;
}[];

/** Draws it. @returns SVG, readable on light and on dark. */
export function drawSimulation(
  result: SimulationResult,
  { title, tell = inEnglish }: PictureWords,
): string {
  const shownMs = shownTime(result);
  const x = scaleOf(shownMs, left, right);
  const lanes = rates.filter(({ curve }) => result.curves[curve].values.some((value) => value > 0));
  const upperBottom = top + upperHeight;
  const bottom = upperBottom + lanes.length * (laneHeight + laneGap);
  const summary = tell(describe(result));
  return picture(
    { width, height: bottom + 56 },
    { title: tell(say("{0}, simulated", title)), description: summary },
    label(24, 36, title, "title"),
    label(24, 58, summary, "soft"),
    ...legend(tell),
    ...drawLevels(result, x, shownMs, tell),
    ...lanes.flatMap((lane, index) =>
      drawRate(
        result,
        lane,
        { x, shownMs, top: upperBottom + laneGap + index * (laneHeight + laneGap) },
        tell,
      ),
    ),
    ...timeAxis(x, shownMs, top, bottom, tell(sinceAcceptance)),
  );
}

/** The tail of machines that are off for days would squeeze everything else. */
function shownTime({ installed, endedMs, pauses }: SimulationResult): number {
  const reached = installed.p99 ?? installed.p95 ?? installed.half;
  const interesting = reached ?? (pauses[0] === undefined ? endedMs : pauses[0].atMs * 6);
  return Math.min(endedMs, Math.max(60_000, interesting * 1.15));
}

function drawLevels(result: SimulationResult, x: Scale, shownMs: number, tell: Tell): Svg[] {
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
    label(
      24,
      top - 14,
      tell(most === result.machines ? say("share of all machines") : say("machines")),
      "soft",
    ),
    ...result.pauses.flatMap(({ atMs }, index) =>
      atMs > shownMs || index > 2 ? [] : drawPause(x.at(atMs), bottom, tell),
    ),
    ...ends.map(({ path, colour }) =>
      element("path", {
        class: `curve line-${colour}`,
        d: path,
        "stroke-width": colour === "green" ? 4.5 : 1.8,
      }),
    ),
    ...times(result, x, y, shownMs, tell),
    ...spreadOut(ends, y).map(({ colour, text, value, at }) =>
      element(
        "g",
        {},
        element("circle", { class: `fill-${colour}`, cx: right + 10, cy: at - 4, r: 4 }),
        label(right + 20, at, `${formatNumber(value)} ${tell(text)}`, "ink"),
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
  tell: Tell,
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
        tell(say("{0} after {1}", text, formatDuration(ms))),
        "name",
        isLate ? "end" : "start",
      ),
    ];
  });
}

function drawPause(x: number, bottom: number, tell: Tell): Svg[] {
  return [
    element("line", { class: "limit line-red", x1: x, x2: x, y1: top, y2: bottom }),
    label(x + 6, top + 14, tell(say("pauses itself")), "name"),
  ];
}

function drawRate(
  result: SimulationResult,
  { curve, part, colour, text, unit }: (typeof rates)[number],
  {
    x,
    shownMs,
    top: laneTop,
  }: { readonly x: Scale; readonly shownMs: number; readonly top: number },
  tell: Tell,
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
    label(right + 16, laneTop + 18, tell(text), "name"),
    label(right + 16, laneTop + 36, tell(say("peak {0}", formatQuantity(peak, unit))), "ink"),
    label(right + 16, laneTop + 54, tell(say("bears {0}", formatQuantity(limit, unit))), "soft"),
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

function legend(tell: Tell): Svg[] {
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
      label(x + 24, y, tell(text), "ink"),
    ];
    x += 50 + widthOf(tell(text));
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
}: SimulationResult): Sentence {
  const [pause] = pauses;
  const course =
    pause === undefined
      ? say("99 % have it after {0}", timeOf(installed.p99))
      : say(
          "pauses itself after {0}, when {1} have been told; it has failed on {2} in the end",
          formatDuration(pause.atMs),
          formatNumber(pause.told),
          formatNumber(counts.broken),
        );
  const told =
    standsFor === 1
      ? say("{0}: {1}", machinesOf(machines), course)
      : say(
          "{0}, each simulated one standing for {1}: {2}",
          machinesOf(machines),
          standsFor,
          course,
        );
  return state === "finished" ? told : say("{0} ({1})", told, state);
}

function timeOf(ms: number | undefined): Sentence | string {
  return ms === undefined ? say("more than was simulated") : formatDuration(ms);
}
