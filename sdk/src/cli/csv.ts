/** Comma-separated values (RFC 4180): quoted cells, doubled quotes, line ends of either kind. */
import { OutriderError } from "../errors/index.ts";

/** One row. */
export interface CsvRow {
  /** One-based, where it begins. */
  readonly line: number;
  readonly cells: readonly string[];
}

const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/** Rows that are not empty. @throws DOCUMENT_INVALID naming the line */
export function parseCsv(text: string, file: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let start = 1;
  cell.lastIndex = 0;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null)
      throw new OutriderError(
        "DOCUMENT_INVALID",
        `${file}:${line}:1: a quote in this row is not closed, or stands in the middle of a cell.`,
        { subject: file, position: { line, column: 1 } },
      );
    const [whole, quoted, plain = "", end] = match;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split("\n").length - 1;
    if (end === "," && cell.lastIndex < text.length) continue;
    if (end === ",") cells.push("");
    if (cells.some((value) => value.trim() !== "")) rows.push({ line: start, cells });
    cells = [];
    start = line;
  }
  return rows;
}
