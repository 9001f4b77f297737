/** CSV as RFC 4180 has it: commas, quotes doubled inside quotes, any line end. Empty lines are left out. */
import { OutriderError } from "../../errors/index.ts";

/** @throws DOCUMENT_INVALID naming the line of a quote that is not closed or does not stand where quotes may */
export function readCsv(text: string, subject: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith("\ufeff") ? 1 : 0; // spreadsheets put one there
  let line = 1;
  while (at <= text.length) {
    const { value, end } =
      text[at] === '"' ? quoted(text, at, line, subject) : plain(text, at, line, subject);
    line += value.split("\n").length - 1;
    row.push(value);
    const next = text[end];
    at = end + 1;
    if (next === ",") continue;
    if (next === "\r" && text[at] === "\n") at++;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
    line++;
  }
  return rows;
}

interface Field {
  readonly value: string;
  /** Offset of what ended it: a comma, a line end, the end. */
  readonly end: number;
}

function plain(text: string, start: number, line: number, subject: string): Field {
  let end = start;
  while (end < text.length && !",\r\n".includes(text.charAt(end))) end++;
  const value = text.slice(start, end);
  if (value.includes('"')) throw wrongQuote(line, subject);
  return { value: value.trim(), end };
}

function quoted(text: string, start: number, line: number, subject: string): Field {
  let value = "";
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '"') value += text[at];
    else if (text[at + 1] === '"') value += text[++at];
    else {
      const isAtEnd = at + 1 === text.length || ",\r\n".includes(text.charAt(at + 1));
      if (!isAtEnd) throw wrongQuote(line, subject);
      return { value, end: at + 1 };
    }
  }
  throw wrongQuote(line, subject);
}

function wrongQuote(line: number, subject: string): OutriderError {
  return new OutriderError(
    "DOCUMENT_INVALID",
    `${subject}:${line}: a quote is not closed, or stands where none may.`,
    {
      subject,
      position: { line, column: 1 },
    },
  );
}
