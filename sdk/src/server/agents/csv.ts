/**
 * Comma-separated values (RFC 4180): quoted cells, doubled quotes, line ends of either kind; read row by row. A byte
 * order mark, as spreadsheets write it, is passed over.
 */
import { OutriderError } from "../../errors/index.ts";

/** One row. */
export interface CsvRow {
  /** One-based, where it begins. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A row with a quote that is not closed would be the rest of the file. */
const longestRow = 1 << 20;

/** Rows that are not empty, from text in pieces of any length. @throws DOCUMENT_INVALID naming the line */
export function* parseCsv(pieces: Iterable<string>, file: string): Generator<CsvRow> {
  let text = "";
  let line = 1;
  const whole = function* (isEnd: boolean): Generator<CsvRow> {
    let from = 0;
    for (;;) {
      const row = rowAt(text, from, isEnd);
      if (row === "broken" || (row === undefined && text.length - from > longestRow))
        throw broken(file, line);
      if (row === undefined) break;
      if (row.cells.some((value) => value.trim() !== "")) yield { line, cells: row.cells };
      line += row.lines;
      from = row.end;
    }
    text = text.slice(from);
  };
  let isBegun = false;
  for (const piece of pieces) {
    text += isBegun ? piece : piece.replace(/^\ufeff/, "");
    isBegun ||= piece !== "";
    yield* whole(false);
  }
  yield* whole(true);
}

interface Row {
  readonly cells: readonly string[];
  /** Line ends in it, its own too. */
  readonly lines: number;
  readonly end: number;
}

/** `undefined` where it may go on in the next piece, or where nothing is left. */
function rowAt(text: string, from: number, isEnd: boolean): Row | "broken" | undefined {
  if (from === text.length) return undefined;
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  cell.lastIndex = from;
  const cells: string[] = [];
  let lines = 0;
  for (;;) {
    const match = cell.exec(text);
    if (match === null) return isEnd ? "broken" : undefined;
    const [all, quoted, plain = "", end] = match;
    if (end === "" && !isEnd) return undefined;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (quoted !== undefined || end !== ",") lines += all.split("\n").length - 1;
    if (end === ",") continue;
    return { cells, lines, end: cell.lastIndex };
  }
}

function broken(file: string, line: number): OutriderError {
  return new OutriderError(
    "DOCUMENT_INVALID",
    `${file}:${line}:1: a quote in this row is not closed, or stands in the middle of a cell.`,
    { subject: file, position: { line, column: 1 } },
  );
}
