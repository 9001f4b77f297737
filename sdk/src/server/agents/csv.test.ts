/** Tables come in pieces: where they are cut changes nothing. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCsv, type CsvRow } from "./csv.ts";

const rowsOf = (pieces: readonly string[]): CsvRow[] => [...parseCsv(pieces, "x.csv")];

test("rows, quotes, empty lines and line ends of either kind, with the lines where they begin", () => {
  expect(rowsOf(['id,"a ""b"", c"\r\n\r\n"x\ny",\nlast'])).toEqual([
    { line: 1, cells: ["id", 'a "b", c'] },
    { line: 3, cells: ["x\ny", ""] },
    { line: 5, cells: ["last"] },
  ]);
  expect(rowsOf(["", "\ufeff", "\ufeffa"])).toEqual([{ line: 1, cells: ["\ufeffa"] }]);
  expect(rowsOf([])).toEqual([]);
  expect(rowsOf(["a,"])).toEqual([{ line: 1, cells: ["a", ""] }]);
});

test("cut anywhere it is the same table", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", "ž") });
  const written = (value: string): string => `"${value.replaceAll('"', '""')}"`;
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 3 }), { maxLength: 5 });
  fc.assert(
    fc.property(table, fc.constantFrom("\n", "\r\n"), fc.nat(7), (rows, end, size) => {
      const text = rows.map((cells) => cells.map(written).join(",") + end).join("");
      const pieces = text.match(new RegExp(`[^]{1,${size + 1}}`, "g")) ?? [];
      expect(rowsOf(pieces)).toEqual(rowsOf([text]));
      const filled = rows.filter((cells) => cells.some((value) => value.trim() !== ""));
      expect(rowsOf(pieces).map(({ cells }) => cells)).toEqual(filled);
    }),
  );
});

test("a quote that is not closed does not take the rest of the file into memory", () => {
  const endless = (function* () {
    yield 'id\n"';
    for (;;) yield "x".repeat(65_536);
  })();
  const read = (): unknown => [...parseCsv(endless, "x.csv")];
  expect(read).toThrow(
    expect.objectContaining({ code: "DOCUMENT_INVALID", position: { line: 2, column: 1 } }),
  );
});
