/** How what was told is laid out: the table on the terminal, and the page docs/reference/benchmarks.md. */
import {
  amount,
  type Aim,
  type Curve,
  type Figure,
  type Missing,
  type Row,
  type Told,
} from "./row.ts";

/** What is said of a run beside its figures; nothing of it names the place. */
export interface RunFacts {
  /** Such as `2026-11-22`. */
  readonly date: string;
  /** Without the `v`. */
  readonly node: string;
  readonly cores: number;
  readonly gigabytes: number;
  readonly minutes: number;
  /** Load of the machine while it ran, least and most. */
  readonly load: readonly [number, number];
  readonly quick: boolean;
}

/** What one subject told. */
export interface Chapter {
  readonly subject: string;
  readonly told: readonly Told[];
}

/** The one table of ratios, with columns of one width. */
export function ratioTable(chapters: readonly Chapter[]): string {
  const rows = ofKind<Row>(chapters, "row").map((row) => [
    row.what,
    amount(row.ours, row.unit),
    row.peer,
    amount(row.theirs, row.unit),
    row.ratio.toFixed(2),
    row.rounds === 1 ? "" : row.spread.map((ratio) => ratio.toFixed(2)).join(" to "),
    String(row.rounds),
    row.aim === undefined ? "" : verdict(row.aim, row.ratio),
  ]);
  return table(["what", "ours", "against", "theirs", "ratio", "spread", "rounds", "aim"], rows);
}

/** Everything, as the page has it. */
export function benchmarksPage(facts: RunFacts, chapters: readonly Chapter[]): string {
  const { date, node, cores, gigabytes, minutes, load, quick } = facts;
  const curves = ofKind<Curve>(chapters, "curve");
  const figures = ofKind<Figure>(chapters, "figure");
  const missed = ofKind<Missing>(chapters, "missing");
  return [
    `<!-- Written by \`pnpm bench${quick ? " --quick" : ""} --write\`; do not edit. -->`,
    "# Benchmarks",
    `Measured on ${date} with Node ${node}, ${cores} cores and ${gigabytes} GB of memory,
in ${minutes} minutes, under a load of ${load.map((one) => one.toFixed(1)).join(" to ")}${quick ? "; small sizes and few rounds (`--quick`)" : ""}.

Ours and the peer's took turns in the same run, so a ratio holds on other machines where seconds do not. Of what happens a
second more is better, of all else less. The ratio is the median of the rounds' ratios, the spread the least and the largest
of them; what issues set as an aim stands beside it.`,
    "## Against a peer or a limit",
    ratioTable(chapters),
    ...section("How work grows", curves, growthTable),
    ...section("Beside the ratios", figures, (all) =>
      table(
        ["what", "measured"],
        all.map(({ what, value }) => [what, value]),
      ),
    ),
    ...section("Not measured", missed, (all) => all.map(({ what }) => `- ${what}`).join("\n")),
  ]
    .join("\n\n")
    .concat("\n");
}

function growthTable(curves: readonly Curve[]): string {
  const rows = curves.map(({ what, sizes, milliseconds, exponent }) => [
    what,
    ...sizes.map(
      (size, at) => `${size.toLocaleString("en")}: ${amount(milliseconds[at] ?? Number.NaN, "ms")}`,
    ),
    exponent.toFixed(2),
  ]);
  const words =
    "The exponent of the power that fits: 1 where twice the work takes twice the time, less where fixed costs still count.";
  return `${words}\n\n${table(["what", "once", "10 times", "100 times", "exponent"], rows)}`;
}

function section<T>(
  title: string,
  all: readonly T[],
  content: (all: readonly T[]) => string,
): string[] {
  return all.length === 0 ? [] : [`## ${title}`, content(all)];
}

function ofKind<T extends Told>(chapters: readonly Chapter[], kind: T["kind"]): T[] {
  return chapters.flatMap(({ told }) => told.filter((one): one is T => one.kind === kind));
}

function verdict(aim: Aim, ratio: number): string {
  const [sign, bound, met] =
    "atMost" in aim
      ? ["≤", aim.atMost, ratio <= aim.atMost]
      : ["≥", aim.atLeast, ratio >= aim.atLeast];
  return `${sign} ${bound}${met ? "" : ", missed"}`;
}

/** Markdown that is also read well as it is. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, at) =>
    Math.max(cell.length, ...rows.map((row) => (row[at] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
