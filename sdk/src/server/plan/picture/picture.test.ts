/** Pictures: well-formed whatever is in them, with units and a legend, few kilobytes, the same every time. */
import { describe, expect, test } from "vitest";
import type { Tell } from "../../../errors/index.ts";
import { draftPlan } from "../../drafting/draft.ts";
import { timelineOf, type TimelineRow } from "../../drafting/timeline.ts";
import { imaginedRoster } from "../imagined.ts";
import { ordinaryBehaviour, ordinaryCapacity } from "../simulation/behaviour.ts";
import { simulate } from "../simulation/simulate.ts";
import { roundAbove, timeMarks } from "./axis.ts";
import { drawSimulation } from "./curves.ts";
import { paintNames } from "./svg.ts";
import { drawTimeline } from "./timeline.ts";
import { formatNumber, formatQuantity } from "./words.ts";

const transports = [
  { name: "email", carriage: "message", pace: { messagesPerMinute: 30 } },
  { name: "unc", carriage: "share" },
] as const;

const plan = (size: number, name?: string) =>
  draftPlan({
    deployment: "11111111-1111-4111-8111-111111111111",
    roster: imaginedRoster({ size, transports: { email: 0.8, unc: 0.2 } }),
    rollout: {
      waves: [
        {
          share: 10,
          soakSeconds: 3600,
          errorThreshold: 5,
          successThreshold: 80,
          ...(name === undefined ? {} : { name }),
        },
        { share: 100, errorThreshold: 5, successThreshold: 80 },
      ],
    },
    delivery: "auto",
    archiveBytes: 1000,
    transports,
  });

const rowsOf = (size: number, name?: string): TimelineRow[] => {
  const { waves, jobs } = plan(size, name);
  return timelineOf(waves, jobs, transports);
};

const simulated = (size: number, failingShare: number) =>
  simulate({
    plan: plan(size),
    transports,
    windows: [],
    archiveBytes: 1000,
    startsAt: new Date("2026-11-23T08:00:00Z"),
    validMs: 7 * 86_400_000,
    behaviour: { ...ordinaryBehaviour, failingShare },
    capacity: ordinaryCapacity,
    operator: { onPause: "leave", afterSeconds: 0 },
    seed: 1,
  });

/** Every element closed in its turn, no bare `&`, no number that is none. */
function requireWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, close = "", name = "", self = ""] of svg.matchAll(
    /<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/gi,
  )) {
    if (close === "/") expect(open.pop()).toBe(name);
    else if (self !== "/") open.push(name);
  }
  expect(open).toEqual([]);
  expect(svg).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
}

describe("a timeline", () => {
  test.each([1, 10, 10_000])("of %d machines", (size) => {
    const svg = drawTimeline(rowsOf(size), { title: "press-control 3.0.0" });
    requireWellFormed(svg);
    expect(svg).toContain("time since acceptance");
    expect(svg).toContain("@media(prefers-color-scheme:dark)");
    expect(svg.length).toBeLessThan(32_000);
    expect(drawTimeline(rowsOf(size), { title: "press-control 3.0.0" })).toBe(svg);
  });

  test("says of each wave and transport how many, how and when", () => {
    const svg = drawTimeline(rowsOf(10_000), { title: "x" });
    expect(svg).toContain("10\u202F000 machines in 2 waves");
    expect(svg).toMatch(/10% by email: \d+ machines, \d+ mails, attached, from 0 s to/);
    expect(svg).toContain("on the share");
    expect(svg).toContain("soak 60 min");
  });

  test("names are text, whatever is in them", () => {
    const evil = `</text><script>alert("&1")</script>\u0000`;
    const svg = drawTimeline(rowsOf(20, evil), { title: evil });
    requireWellFormed(svg);
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("\u0000");
  });

  test("is painted by the page around it, and else for the ground that the reader prefers", () => {
    const svg = drawTimeline(rowsOf(20), { title: "x" });
    const [onLight = "", onDark = ""] =
      /<style>(.*)<\/style>/.exec(svg)?.[1]?.split("@media") ?? [];
    for (const rules of [onLight, onDark]) {
      const plain = [
        ...rules.matchAll(/(fill|stroke):(#[0-9a-f]{3,6});(\1):var\(--outrider-([a-z]+),\2\)/g),
      ];
      expect(new Set(plain.map(([, , , , name]) => name))).toEqual(new Set(paintNames));
      // No colour stands alone, where a page could not reach it.
      expect(rules.match(/#[0-9a-f]{3,6}/g)).toHaveLength(2 * plain.length);
    }
  });

  test("speaks its reader's language, but for names", () => {
    const said = new Set<string>();
    const tell: Tell = (sentence) => {
      said.add(sentence.text);
      return "§";
    };
    const svg = drawTimeline(rowsOf(10_000), { title: "press-control 3.0.0", tell });
    const words = [...svg.matchAll(/>([^<>]*[A-Za-z]{4,}[^<>]*)<\/(?:text|title|desc)>/g)].map(
      String,
    );
    const names = new Set([
      "press-control 3.0.0",
      "email",
      "unc",
      ...rowsOf(10_000).map(({ wave }) => wave),
    ]);
    expect(words.filter((word) => !names.has(/>(.*)<\//.exec(word)?.[1] ?? ""))).toEqual([]);
    expect(said).toContain("the higher a bar, the more at that time");
  });

  test("of nobody", () => {
    requireWellFormed(drawTimeline([], { title: "nothing" }));
  });
});

describe("a simulation", () => {
  test("that goes well: when half, 95 and 99 of 100 have it", () => {
    const svg = drawSimulation(simulated(3000, 0.002), { title: "press-control 3.0.0" });
    requireWellFormed(svg);
    const texts = ["50 % after", "95 % after", "installed", "mails to the relay", "bears 100 "];
    expect(texts.filter((text) => !svg.includes(text))).toEqual([]);
    expect(svg.length).toBeLessThan(150_000);
  });

  test("of a bad release: where it pauses itself", () => {
    const svg = drawSimulation(simulated(3000, 0.4), { title: "press-control 3.0.0" });
    requireWellFormed(svg);
    expect(svg).toContain("pauses itself");
  });
});

test("marks at round times, and round numbers above", () => {
  const texts = (ms: number): string[] => timeMarks(ms).map(({ text }) => text);
  expect(texts(10_000).slice(0, 3)).toEqual(["0", "1 s", "2 s"]);
  expect(texts(11_400_000)).toEqual("0|30 min|1 h|1 h 30|2 h|2 h 30|3 h".split("|"));
  expect(texts(36 * 3_600_000).at(-1)).toBe("36 h");
  expect(texts(7 * 86_400_000).at(-1)).toBe("7 d");
  expect([0, 0.03, 1, 3, 51, 1e9].map(roundAbove)).toEqual([1, 0.05, 1, 5, 100, 1e9]);
});

test("numbers have narrow spaces, quantities a unit that fits", () => {
  expect(formatNumber(1_234_567)).toBe("1\u202F234\u202F567");
  expect(
    [0, 0.034, 18.43, 125e6, 999.6, 2000].map((value) => formatQuantity(value, "B/s")),
  ).toEqual(["0 B/s", "0.03 B/s", "18.4 B/s", "125 MB/s", "1 kB/s", "2 kB/s"]);
});
