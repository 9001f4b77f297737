/** The layout of docs/reference/benchmarks.md; its figures are whatever was measured. */
import { expect, test } from "vitest";
import { benchmarksPage, type Chapter, type RunFacts } from "./page.ts";
import { rowOf } from "./row.ts";

const facts: RunFacts = {
  date: "2026-11-22",
  node: "24.21.0",
  cores: 2,
  gigabytes: 23,
  minutes: 12,
  load: [0.1, 2.34],
  quick: false,
};
const chapters: readonly Chapter[] = [
  {
    subject: "package",
    told: [
      rowOf({ what: "build + sign", unit: "s", peer: "zip -6", aim: { atMost: 0.6 } }, [
        { ours: 1, theirs: 2 },
        { ours: 3, theirs: 4 },
        { ours: 12, theirs: 10 },
      ]),
      { kind: "figure", what: "peak memory", value: "170 MB" },
    ],
  },
  {
    subject: "mail",
    told: [
      rowOf({ what: "mails sent", unit: "a second", peer: "nodemailer", aim: { atLeast: 0.9 } }, [
        { ours: 1234.5, theirs: 1300 },
      ]),
      {
        kind: "curve",
        what: "recipients planned",
        sizes: [1000, 10_000, 100_000],
        milliseconds: [2.5, 25, 250],
        exponent: 1,
      },
      { kind: "missing", what: "delta: bsdiff not installed" },
    ],
  },
];

test("the page: against which peer, how it grows, what is beside it, what was not there", () => {
  expect(benchmarksPage(facts, chapters)).toMatchInlineSnapshot(`
    "<!-- Written by \`pnpm bench --write\`; do not edit. -->

    # Benchmarks

    Measured on 2026-11-22 with Node 24.21.0, 2 cores and 23 GB of memory,
    in 12 minutes, under a load of 0.1 to 2.3.

    Ours and the peer's took turns in the same run, so a ratio holds on other machines where seconds do not. Of what happens a
    second more is better, of all else less. The ratio is the median of the rounds' ratios, the spread the least and the largest
    of them; what issues set as an aim stands beside it.

    ## Against a peer or a limit

    | what         | ours           | against    | theirs         | ratio | spread       | rounds | aim           |
    | ------------ | -------------- | ---------- | -------------- | ----- | ------------ | ------ | ------------- |
    | build + sign | 3 s            | zip -6     | 4 s            | 0.75  | 0.50 to 1.20 | 3      | ≤ 0.6, missed |
    | mails sent   | 1,235 a second | nodemailer | 1,300 a second | 0.95  |              | 1      | ≥ 0.9         |

    ## How work grows

    The exponent of the power that fits: 1 where twice the work takes twice the time, less where fixed costs still count.

    | what               | once          | 10 times      | 100 times       | exponent |
    | ------------------ | ------------- | ------------- | --------------- | -------- |
    | recipients planned | 1,000: 2.5 ms | 10,000: 25 ms | 100,000: 250 ms | 1.00     |

    ## Beside the ratios

    | what        | measured |
    | ----------- | -------- |
    | peak memory | 170 MB   |

    ## Not measured

    - delta: bsdiff not installed
    "
  `);
});

test("without curves, figures and absences it has no empty parts", () => {
  const page = benchmarksPage({ ...facts, quick: true }, []);
  expect(page.match(/^#.*$/gm)).toEqual(["# Benchmarks", "## Against a peer or a limit"]);
  expect(page).toContain("`pnpm bench --quick --write`");
});

test("of a row: medians of both sides, the median of the ratios, and the widest of them", () => {
  const rounds = [
    { ours: 1, theirs: 4 },
    { ours: 5, theirs: 5 },
    { ours: 2, theirs: 4 },
  ];
  expect(rowOf({ what: "w", unit: "s", peer: "p" }, rounds)).toEqual({
    kind: "row",
    what: "w",
    unit: "s",
    peer: "p",
    ours: 2,
    theirs: 4,
    ratio: 0.5,
    spread: [0.25, 1],
    rounds: 3,
  });
});
