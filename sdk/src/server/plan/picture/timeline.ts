/** Who gets what when, as a picture: a lane for each wave and transport, from the rows of the timeline. */
import { inEnglish, say, type Sentence, type Tell } from "../../../errors/index.ts";
import type { TimelineRow } from "../../drafting/timeline.ts";
import { scaleOf, timeAxis, type Scale } from "./axis.ts";
import { machinesOf, sinceAcceptance, widthOf, type PictureWords } from "./spoken.ts";
import { element, label, picture, textOf, type Colour, type Svg } from "./svg.ts";
import { formatDuration, formatNumber } from "./words.ts";

const width = 1000;
const left = 190;
const right = 748;
const top = 104;
const laneHeight = 34;
const waveGap = 14;
const barHeight = 20;

/**
 * Draws it. Times are the earliest: every wave succeeding as soon as its last message is out and its soak time is over.
 *
 * @returns SVG, readable on light and on dark.
 */
export function drawTimeline(
  rows: readonly TimelineRow[],
  { title, tell = inEnglish }: PictureWords,
): string {
  const waves = wavesOf(rows);
  const endMs = Math.max(1000, ...rows.map(({ toMs }) => toMs));
  // The last soak time holds nothing up.
  const soakEndMs = Math.max(...waves.slice(0, -1).map((wave) => wave.toMs + wave.soakMs), 0);
  const mostMs = Math.max(endMs, soakEndMs) * 1.02;
  const x = scaleOf(mostMs, left, right);
  const bottom = top + rows.length * laneHeight + waves.length * waveGap;
  const machines = rows.reduce((sum, { recipients }) => sum + recipients, 0);
  const summary = tell(
    say(
      "{0} in {1}; the last ones are told after {2} at the earliest",
      machinesOf(machines),
      waves.length === 1 ? say("1 wave") : say("{0} waves", waves.length),
      formatDuration(endMs),
    ),
  );
  return picture(
    { width, height: bottom + 78 },
    { title: tell(say("{0}: who gets what when", title)), description: summary },
    label(24, 36, title, "title"),
    label(24, 58, summary, "soft"),
    ...legend(transportsOf(rows), tell),
    ...drawWaves(waves, x, tell),
    ...timeAxis(x, mostMs, top - 6, bottom, tell(sinceAcceptance)),
    ...drawBars(waves, x, tell),
    label(
      24,
      bottom + 64,
      tell(
        say(
          "Earliest times: each wave succeeds as soon as its last message is out and its soak time is over.",
        ),
      ),
      "soft",
    ),
  );
}

interface WaveLanes {
  readonly name: string;
  readonly rows: readonly TimelineRow[];
  readonly top: number;
  readonly toMs: number;
  readonly soakMs: number;
}

function wavesOf(rows: readonly TimelineRow[]): WaveLanes[] {
  const waves: WaveLanes[] = [];
  let at = top;
  for (const [name, own] of Map.groupBy(rows, ({ wave }) => wave)) {
    const toMs = Math.max(...own.map((row) => row.toMs));
    const soakMs = Math.max(...own.map((row) => row.soakMs));
    waves.push({ name, rows: own, top: at, toMs, soakMs });
    at += own.length * laneHeight + waveGap;
  }
  return waves;
}

function drawWaves(waves: readonly WaveLanes[], x: Scale, tell: Tell): Svg[] {
  return waves.flatMap(({ name, rows, top: waveTop }, index) => [
    ...(index % 2 === 1
      ? []
      : [
          element("rect", {
            class: "band",
            x: 12,
            y: waveTop - waveGap / 2,
            width: width - 24,
            height: rows.length * laneHeight + waveGap,
            rx: 6,
          }),
        ]),
    label(24, waveTop + 21, shortened(name, 14), "name"),
    ...rows.flatMap((row, lane) => {
      const y = waveTop + lane * laneHeight + 21;
      return [
        label(left - 12, y, row.transport, "soft", "end"),
        label(x.to + 16, y, tell(describe(row)), "ink"),
      ];
    }),
  ]);
}

function drawBars(waves: readonly WaveLanes[], x: Scale, tell: Tell): Svg[] {
  return waves.flatMap((wave, index) => {
    const isLast = index === waves.length - 1;
    const height = wave.rows.length * laneHeight;
    return [
      ...(isLast || wave.soakMs === 0 ? [] : [soak(wave, height, x, tell)]),
      ...wave.rows.flatMap((row, lane) => bar(row, wave.top + lane * laneHeight, x, tell)),
    ];
  });
}

/** The pause in which the wave must prove itself. */
function soak(
  { toMs, soakMs, top: waveTop, name }: WaveLanes,
  height: number,
  x: Scale,
  tell: Tell,
): Svg {
  const [from, to] = [x.at(toMs), x.at(toMs + soakMs)];
  const middle = waveTop + height / 2;
  const pause = tell(say("soak {0}", formatDuration(soakMs)));
  return element(
    "g",
    {},
    element("title", {}, textOf(tell(say("{0}: soak time, {1}", name, formatDuration(soakMs))))),
    element("line", {
      class: "hatch",
      x1: from,
      x2: to,
      y1: middle,
      y2: middle,
      "stroke-width": 2,
      "stroke-dasharray": "2 5",
    }),
    ...(to - from < widthOf(pause)
      ? []
      : [label((from + to) / 2, middle - 6, pause, "soft", "middle")]),
  );
}

/** From the first job to the last, and within it how many at a time. */
function bar(row: TimelineRow, laneTop: number, x: Scale, tell: Tell): Svg[] {
  const from = x.at(row.fromMs);
  const length = Math.max(4, x.at(row.toMs) - from);
  const y = laneTop + (laneHeight - barHeight) / 2;
  const most = Math.max(1, ...row.spread);
  const part = length / row.spread.length;
  const isWide = length > 60;
  const columns = row.spread.map((count, index) => {
    const height = Math.sqrt(count / most) * barHeight;
    return `M${point(from + index * part)} ${point(y + barHeight)}v-${point(height)}h${point(part)}v${point(height)}z`;
  });
  const colour = colourOf(row.transport);
  return [
    element(
      "g",
      { class: `fill-${colour}` },
      element("title", {}, textOf(tell(tooltip(row)))),
      element("rect", {
        x: from,
        y,
        width: length,
        height: barHeight,
        rx: 3,
        class: isWide ? "track" : undefined,
      }),
      ...(isWide ? [element("path", { d: columns.join("") })] : []),
    ),
  ];
}

function legend(transports: readonly string[], tell: Tell): Svg[] {
  let x = left;
  const y = 84;
  const soakTime = tell(say("soak time"));
  const pieces: Svg[] = [];
  for (const transport of transports) {
    pieces.push(
      element("rect", {
        class: `fill-${colourOf(transport)}`,
        x,
        y: y - 10,
        width: 12,
        height: 12,
        rx: 2,
      }),
      label(x + 18, y, transport, "ink"),
    );
    x += 36 + widthOf(transport);
  }
  return [
    ...pieces,
    element("line", {
      class: "hatch",
      x1: x,
      x2: x + 26,
      y1: y - 4,
      y2: y - 4,
      "stroke-width": 2,
      "stroke-dasharray": "2 5",
    }),
    label(x + 34, y, soakTime, "ink"),
    label(
      x + 50 + widthOf(soakTime),
      y,
      tell(say("the higher a bar, the more at that time")),
      "soft",
    ),
  ];
}

const colourOfTransport: Readonly<Record<string, Colour>> = {
  email: "blue",
  unc: "orange",
  http: "green",
  opportunistic: "purple",
};

function colourOf(transport: string): Colour {
  return colourOfTransport[transport] ?? "grey";
}

function transportsOf(rows: readonly TimelineRow[]): string[] {
  return [...new Set(rows.map(({ transport }) => transport))];
}

function describe(row: TimelineRow): Sentence {
  return say("{0}, {1}", machinesOf(row.recipients), carriageOf(row));
}

function carriageOf({ transport, attach, parts }: TimelineRow): Sentence {
  if (transport === "unc") return say("on the share");
  if (transport === "stick") return say("on a stick");
  if (parts > 0) return parts === 1 ? say("in one part") : say("in {0} parts", formatNumber(parts));
  return attach ? say("attached") : say("offered");
}

function tooltip(row: TimelineRow): Sentence {
  const { wave, transport, recipients, fromMs, toMs } = row;
  return say(
    "{0} by {1}: {2}, {3}, {4}, from {5} to {6}",
    wave,
    transport,
    machinesOf(recipients),
    messagesOf(row),
    carriageOf(row),
    formatDuration(fromMs),
    formatDuration(toMs),
  );
}

function messagesOf({ transport, messages }: TimelineRow): Sentence {
  if (transport !== "email") return say("shown in the catalog");
  return messages === 1 ? say("1 mail") : say("{0} mails", formatNumber(messages));
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function point(value: number): string {
  return String(Math.round(value * 100) / 100);
}
