/** What is shown while long work runs, and numbers for people. */
import { Readable, Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { formatBytes, formatCount, formatDuration } from "../../src/cli/format.ts";
import { openTerminal } from "../../src/cli/io.ts";
import { followProgress } from "../../src/cli/progress.ts";
import { formatTable } from "../../src/cli/table.ts";

const large = 60 * 1024 * 1024;

/** What is said on standard error while something is done. */
function saidBy(
  options: { readonly json?: boolean; readonly isTerminal?: boolean },
  total: number,
): string {
  let said = "";
  const stderr = Object.assign(
    new Writable({
      write(piece, _encoding, done) {
        said += String(piece);
        done();
      },
    }),
    { isTTY: options.isTerminal ?? false, columns: 120 },
  );
  const terminal = openTerminal(
    {
      stdin: Readable.from([]),
      stdout: stderr,
      stderr,
      workingDirectory: "/",
      environment: {},
      signal: new AbortController().signal,
    },
    { json: options.json ?? false, verbose: false },
  );
  const { update, stop } = followProgress(terminal, "building press-control");
  for (const part of [0.25, 0.5, 1]) update(part * total, total);
  stop();
  return said;
}

describe("progress", () => {
  test("a bar on a terminal, past 50 MB", () => {
    expect(saidBy({ isTerminal: true }, large)).toContain("building press-control");
    expect(saidBy({ isTerminal: true }, large)).toContain("63 MB");
  });

  test.for([
    ["below 50 MB", { isTerminal: true }, large / 2],
    ["with --json", { isTerminal: true, json: true }, large],
    ["elsewhere, for what takes less than five seconds", {}, large],
  ] as const)("nothing %s", ([, options, total]) => {
    expect(saidBy(options, total)).toBe("");
  });
});

test("bytes, counts and times", () => {
  const sizes = [0, 999, 1000, 9949, 9951, 999_499, 999_500, 5_900_000, 1e12, 1e15].map(
    formatBytes,
  );
  expect(sizes).toEqual(
    "0 B|999 B|1.0 kB|9.9 kB|10 kB|999 kB|1.0 MB|5.9 MB|1.0 TB|1000 TB".split("|"),
  );
  expect([0, 1, 2].map((count) => formatCount(count, "file"))).toEqual([
    "0 files",
    "1 file",
    "2 files",
  ]);
  const times = [0, 45_000, 119_000, 120_000, 7_199_000, 7_200_000, 172_800_000].map(
    formatDuration,
  );
  expect(times).toEqual("0 s|45 s|119 s|2 min|120 min|2.0 h|2.0 d".split("|"));
});

test("a table: as wide as its widest cell, numbers to the right", () => {
  expect(
    formatTable(
      ["name", "size"],
      [
        ["a", "5"],
        ["longer", "1,234"],
      ],
    ),
  ).toEqual(["name     size", "------  -----", "a           5", "longer  1,234"]);
});
